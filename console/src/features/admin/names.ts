/** What the navigation shows of this feature: a first visit loads it, and the other texts only with their pages. */
export const names = {
  people: { title: "People" },
  roles: { title: "Roles" },
  keys: { title: "API keys" },
  settings: { title: "Settings" },
  audit: { title: "Audit" },
  imports: { title: "Imports" },
} as const;
