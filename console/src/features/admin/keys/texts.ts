import { names } from "../names";

export const keys = {
  ...names.keys,
  description: "Programs call the API with these keys. A key does not expire; delete it when it is no longer used.",
  list: "API keys",
  empty: "No API keys",
  emptyHint: "A key lets a program, such as a web shop, call the API with a role of its own.",
  add: "Add key",
  columns: { name: "Name", role: "Role", created: "Created", by: "Created by", actions: "Actions" },
  create: {
    title: "Add an API key",
    name: "Name",
    nameHint: "Such as the name of the program that uses it. The audit trail shows it.",
    role: "Role",
    action: "Add key",
    missing: "Fill this in.",
    unsure: "The connection was lost. Check the list before you try again: the key may have been made.",
  },
  shown: { title: "The new key", text: "Copy the key now and keep it safe. It cannot be shown again." },
  remove: {
    action: "Delete",
    label: (name: string): string => `Delete the key ${name}`,
    title: (name: string): string => `Delete the key ${name}?`,
    text: "The next request with this key is refused. This cannot be undone.",
    done: (name: string): string => `The key ${name} was deleted.`,
  },
} as const;
