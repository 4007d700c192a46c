/** The catalogue: all texts of the console by feature. Tests read it whole; pages import the `texts.ts` beside them. */

import { common } from "./common";

const modules = import.meta.glob<{ texts: object }>("../features/*/texts.ts", { eager: true });

export const catalogue: Readonly<Record<string, object>> = {
  common,
  ...Object.fromEntries(
    Object.entries(modules).map(([path, module]) => [/features\/([^/]+)\//.exec(path)?.[1] ?? path, module.texts]),
  ),
};
