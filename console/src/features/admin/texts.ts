import { audit } from "./audit/texts";
import { imports } from "./imports/texts";
import { keys } from "./keys/texts";
import { people } from "./people/texts";
import { roles } from "./roles/texts";
import { settings } from "./settings/texts";

export const texts = {
  people,
  roles,
  keys,
  settings,
  audit,
  imports,
  conflict: {
    title: "Somebody else changed this meanwhile",
    text: "What you typed is kept. Check their change, then go on with yours.",
    accept: "Go on with my changes",
  },
  secret: { done: "I have copied it" },
} as const;
