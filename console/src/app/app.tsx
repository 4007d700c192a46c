import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { RouterProvider } from "react-router/dom";
import { createConsoleClient } from "./query-client";
import { createConsoleRouter } from "./router";
import { theme } from "./theme";

/** The console. Styles are files, so the provider adds none to the page. */
export function App() {
  const [client] = useState(createConsoleClient);
  const [router] = useState(createConsoleRouter);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <Notifications position="bottom-right" limit={4} autoClose={6_000} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
