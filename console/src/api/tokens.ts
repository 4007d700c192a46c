import type { TokenStore, Tokens } from "@baton/client";

const KEY = "baton.session";

type Kept = Pick<Tokens, "refreshToken" | "userId" | "mustChangePassword">;

/**
 * Keeps the access token in memory and the refresh token in `sessionStorage`: a reload keeps the session, closing the tab
 * ends it, and another tab has a session of its own.
 */
export class TabTokenStore implements TokenStore {
  readonly sharedAs = null;
  #tokens: Tokens | null = null;

  constructor(private readonly storage: Storage) {}

  read(): Tokens | null {
    this.#tokens ??= this.#stored();
    return this.#tokens;
  }

  write(tokens: Tokens): void {
    const { refreshToken, userId, mustChangePassword } = tokens;
    const kept: Kept = { refreshToken, userId, mustChangePassword };
    this.storage.setItem(KEY, JSON.stringify(kept));
    this.#tokens = tokens;
  }

  clear(): void {
    this.#tokens = null;
    this.storage.removeItem(KEY);
  }

  /** After a reload there is no access token, so the first request renews it. */
  #stored(): Tokens | null {
    try {
      const kept = JSON.parse(this.storage.getItem(KEY) ?? "null") as Partial<Kept> | null;
      if (typeof kept?.refreshToken !== "string" || typeof kept.userId !== "string") return null;
      const { refreshToken, userId, mustChangePassword = false } = kept;
      return { refreshToken, userId, mustChangePassword, accessToken: "", expiresAt: 0 };
    } catch {
      return null;
    }
  }
}
