import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ComponentType, lazy, Suspense, useState } from "react";
import { RouterProvider } from "react-router/dom";
import { createConsoleClient } from "./query-client";
import { createConsoleRouter } from "./router";
import { theme } from "./theme";

/** Shows what `toast` says. The first page does without it, and if it cannot be loaded, so do the others. */
const Toasts = lazy<ComponentType>(() => import("./toasts").catch(() => ({ default: () => null })));

/** The console. Styles are files, so the provider adds none to the page. */
export function App() {
  const [client] = useState(createConsoleClient);
  const [router] = useState(createConsoleRouter);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <Suspense>
          <Toasts />
        </Suspense>
      </QueryClientProvider>
    </MantineProvider>
  );
}
