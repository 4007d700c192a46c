import type { ComponentType } from "react";
import { createBrowserRouter, type RouteObject, redirect } from "react-router";
import { features } from "~/features";
import { CrashPage } from "./crash";
import type { FeatureRoute } from "./feature";
import { isSignedIn, nextPath, signInPath } from "./session";

/** Return the router: the sign-in page, and the pages of all features within the frame. */
export function createConsoleRouter() {
  return createBrowserRouter([
    {
      path: "/sign-in",
      ErrorBoundary: CrashPage,
      loader: ({ request }) => (isSignedIn() ? redirect(nextPath(new URL(request.url).search)) : null),
      lazy: async () => componentOf(await import("./sign-in")),
      HydrateFallback: Nothing,
    },
    {
      path: "/",
      ErrorBoundary: CrashPage,
      loader: ({ request }) => requireSession(request),
      lazy: async () => componentOf(await import("./frame")),
      HydrateFallback: Nothing,
      children: [
        { index: true, lazy: async () => componentOf(await import("./home")) },
        ...features.flatMap((feature) => feature.routes.map(routeOf)),
        { path: "*", lazy: async () => componentOf(await import("./not-found")) },
      ],
    },
  ]);
}

function requireSession(request: Request): Response | null {
  const { pathname, search } = new URL(request.url);
  return isSignedIn() ? null : redirect(signInPath(pathname + search));
}

function routeOf({ path, title, permission, load }: FeatureRoute): RouteObject {
  return {
    path,
    ErrorBoundary: CrashPage,
    lazy: async () => {
      const [{ default: Page }, { Guarded }] = await Promise.all([load(), import("./guarded")]);
      return {
        element: (
          <Guarded title={title} permission={permission}>
            <Page />
          </Guarded>
        ),
      };
    },
  };
}

function componentOf({ default: Component }: { default: ComponentType }): { Component: ComponentType } {
  return { Component };
}

function Nothing() {
  return null;
}
