import type { Schema } from "~/api/schema";
import { readAffected } from "./queries";
import { texts } from "./texts";

type Affected = Schema<"Affected">;

/** Read all pages of what holds cells of a lot. A module that was bound meanwhile is listed once, in its pack. */
export async function readAllAffected(lot: string): Promise<readonly Affected[]> {
  const all: Affected[] = [];
  let cursor: string | undefined;
  do {
    const page = await readAffected(lot, cursor);
    all.push(...page.data);
    cursor = page.meta.nextCursor ?? undefined;
  } while (cursor !== undefined);
  const packed = new Set(
    all.filter(({ kind }) => kind === "pack").flatMap(({ modules }) => modules.map(({ id }) => id)),
  );
  return all.filter(({ kind, id }) => kind !== "module" || !packed.has(id));
}

/** Return the rows of the file: one for each module or cell, and the names of the columns first. */
export function affectedCsv(all: readonly Affected[]): readonly (readonly (string | number)[])[] {
  const rows = all.flatMap(({ kind, serial, id, status, disposition, modules, cells }) =>
    (modules.length === 0 ? [{ serial: "", id: "", cells }] : modules).map((module) => [
      kind,
      serial,
      id,
      status,
      disposition ?? "",
      module.serial,
      module.id,
      module.cells,
    ]),
  );
  return [texts.recall.csv, ...rows];
}
