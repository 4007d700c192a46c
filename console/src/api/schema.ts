/** The types of the API, generated from its description by `npm run types` (with those of `sdk/typescript`). */
import type { components } from "@baton/client";

export type { components, operations, paths } from "@baton/client";

/** A schema of the API by its name: `Schema<"OrderView">`. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];
