import type { QueryClient } from "@tanstack/react-query";
import { baton, forgetResponses, tokens } from "~/api/client";
import { clearDrafts } from "./drafts";

/** Return whether somebody is signed in here, as far as this tab knows. */
export function isSignedIn(): boolean {
  return tokens.read() !== null;
}

export function mustChangePassword(): boolean {
  return tokens.read()?.mustChangePassword ?? false;
}

/** Return the address of the sign-in page that leads back to `path`. */
export function signInPath(path: string): string {
  return path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`;
}

/** Return where to go after sign-in. Only paths of this site are followed. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  return /^\/(?![/\\])/.test(next) && !next.startsWith("/sign-in") ? next : "/";
}

/** Sign out, and forget all that was read or typed. The page is loaded anew, so nothing stays in its memory either. */
export async function signOut(client: QueryClient): Promise<void> {
  try {
    await baton.session.signOut();
  } catch {
    // The session is gone from this browser; on the server it expires.
  } finally {
    forget(client);
    clearDrafts();
    window.location.assign("/sign-in");
  }
}

/** Forget what was read. Drafts stay: the person whose session has expired signs in again and goes on. */
export function forget(client: QueryClient): void {
  client.clear();
  forgetResponses();
}
