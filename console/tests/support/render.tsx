import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { createMemoryRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { vi } from "vitest";
import { tokens } from "~/api/client";
import { type Me, MeProvider } from "~/app/me";
import { createConsoleClient } from "~/app/query-client";
import { theme } from "~/app/theme";

/** A response of the API in a test: a body, or a whole `Response` for errors and headers. */
export type Answer = (request: Request) => unknown;

/** Answers requests by `METHOD /path` below `/api`, and keeps them. Anything else is a 404. */
export function stubApi(answers: Readonly<Record<string, Answer>>): Request[] {
  const requests: Request[] = [];
  vi.stubGlobal("fetch", async (input: Request | string, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(new URL(input, "http://localhost"), init);
    requests.push(request);
    const { pathname } = new URL(request.url);
    const answer = answers[`${request.method} ${pathname.replace(/^\/api/, "")}`];
    if (answer === undefined) return refusal(404, "NOT_FOUND", "Resource not found.");
    const body = answer(request);
    return body instanceof Response ? body : Response.json(body);
  });
  return requests;
}

/** Return an error response of the API. */
export function refusal(status: number, code: string, message: string, fields?: Record<string, string>): Response {
  const body = { success: false, error: { code, message, details: {} }, ...(fields === undefined ? {} : { fields }) };
  return Response.json(body, { status, headers: { "X-Request-Id": "request-1" } });
}

/** Return a signed-in person with these permissions. */
export function personWith(...codes: string[]): Me {
  return {
    user: {
      id: "user-1",
      username: "noor",
      fullName: "Noor de Vries",
      email: null,
      phone: null,
      profilePicture: null,
      organization: "demo",
    },
    role: { code: "TEST", name: "Tester" },
    gameZoneScope: "org",
    gameZone: null,
    reportsTo: null,
    skills: [],
    nav: [],
    permissions: codes.map((code) => ({ code, scope: "org" })),
    mustChangePassword: false,
  };
}

export interface Shown {
  /** The address of the page, with its filters. */
  path?: string;
  me?: Me;
}

/** Show a page as somebody who is signed in. */
export function show(page: ReactNode, { path = "/", me = personWith() }: Shown = {}) {
  tokens.write({
    accessToken: "access",
    refreshToken: "refresh",
    expiresAt: Date.now() + 3_600_000,
    userId: me.user.id,
    mustChangePassword: false,
  });
  const client = createConsoleClient();
  client.setDefaultOptions({ queries: { retry: false, refetchInterval: false }, mutations: { retry: false } });
  const router = createMemoryRouter([{ path: "*", element: <MeProvider me={me}>{page}</MeProvider> }], {
    initialEntries: [path],
  });
  const view = render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { ...view, client, router };
}
