import { createTheme, type MantineColorsTuple } from "@mantine/core";

/** Deep teal: the colour of what can be acted on. */
const petrol: MantineColorsTuple = [
  "#edf7f8",
  "#d8ecee",
  "#b0d8dd",
  "#84c2ca",
  "#5facb7",
  "#43989f",
  "#2a8089",
  "#1c6b75",
  "#155962",
  "#0d434b",
];

/** Neutrals with a little blue. */
const gray: MantineColorsTuple = [
  "#f7f8fa",
  "#eff1f4",
  "#e3e7ec",
  "#d3d9e0",
  "#b6bfca",
  "#8d99a8",
  "#5f6c7b",
  "#475362",
  "#323c48",
  "#1d242d",
];

const dark: MantineColorsTuple = [
  "#dbe1e8",
  "#b9c2cd",
  "#98a4b3",
  "#6d7a8a",
  "#46515f",
  "#333d49",
  "#262e38",
  "#1a2028",
  "#13181e",
  "#0d1116",
];

const FONTS = '"Inter", "Segoe UI", system-ui, -apple-system, "Helvetica Neue", "Liberation Sans", Arial, sans-serif';

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 7, dark: 6 },
  colors: { petrol, gray, dark },
  autoContrast: true,
  luminanceThreshold: 0.36,
  fontFamily: FONTS,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", Menlo, monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  headings: {
    fontFamily: FONTS,
    fontWeight: "620",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.3" },
      h2: { fontSize: "1.0625rem", lineHeight: "1.4" },
      h3: { fontSize: "0.9375rem", lineHeight: "1.4" },
    },
  },
  defaultRadius: "md",
  radius: { xs: "3px", sm: "4px", md: "6px", lg: "10px", xl: "16px" },
  shadows: {
    xs: "0 1px 2px rgb(16 24 32 / 6%)",
    sm: "0 1px 3px rgb(16 24 32 / 10%)",
    md: "0 4px 16px rgb(16 24 32 / 12%)",
    lg: "0 12px 32px rgb(16 24 32 / 16%)",
    xl: "0 24px 48px rgb(16 24 32 / 20%)",
  },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    // Locking the page's scrolling adds a style element, which the content security policy refuses.
    Modal: {
      defaultProps: { lockScroll: false, centered: true, overlayProps: { backgroundOpacity: 0.35 } },
      styles: { title: { fontWeight: 620 } },
    },
    ModalRoot: { defaultProps: { lockScroll: false } },
    Drawer: { defaultProps: { lockScroll: false } },
    InputWrapper: { styles: { label: { marginBottom: 4 }, error: { marginTop: 4 }, description: { marginBottom: 4 } } },
    Button: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    // Many keyboards have a comma for decimals, those of phones often only that.
    NumberInput: { defaultProps: { size: "sm", allowedDecimalSeparators: [".", ","] } },
    PasswordInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", allowDeselect: false } },
    Textarea: { defaultProps: { size: "sm", autosize: true, minRows: 2 } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
  },
});
