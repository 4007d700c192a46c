import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import type { Plugin } from "vite";
import { theme } from "../src/app/theme.ts";

const NAME = "virtual:theme.css";

/** Writes the variables of the theme into a CSS file, because the content security policy refuses style elements. */
export function themeCss(): Plugin {
  return {
    name: "theme-css",
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load: (id) => (id === `\0${NAME}` ? css() : null),
  };
}

function css(): string {
  const variables = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
  return convertCssVariables(variables, ":root");
}
