import { useSyncExternalStore } from "react";
import { api, dataOf, tokens } from "~/api/client";
import type { Schema } from "~/api/schema";
import type { Dataset } from "./dataset";
import type { Checked, FileRecord } from "./reader";
import { type Imported, ImportRun } from "./run";

/** The import of this tab. It goes on while the person looks at other pages. */
export interface CurrentImport {
  owner: string | undefined;
  dataset: Dataset;
  fileName: string;
  run: ImportRun;
}

let current: CurrentImport | null = null;
const listeners = new Set<() => void>();

/** Begin an import. It replaces the one before. */
export function startImport(dataset: Dataset, fileName: string, { records, errors }: Checked): void {
  const run = new ImportRun({ records, errors, send: (batch, key) => send(dataset, batch, key) });
  set({ owner: tokens.read()?.userId, dataset, fileName, run });
  window.addEventListener("beforeunload", warn);
  void run.resume();
}

/** Forget an import that has ended. */
export function clearImport(): void {
  set(null);
}

/** Return the import of the signed-in person; null if there is none. */
export function useCurrentImport(): CurrentImport | null {
  const found = useSyncExternalStore(subscribe, () => current);
  return found !== null && found.owner === tokens.read()?.userId ? found : null;
}

function set(next: CurrentImport | null): void {
  current?.run.stop();
  current = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The browser asks before it closes a tab that still imports. */
function warn(event: BeforeUnloadEvent): void {
  if (current?.run.progress().phase === "running") event.preventDefault();
  else window.removeEventListener("beforeunload", warn);
}

/** The paths of all datasets have the same shape; the type of one stands for them. */
type ImportPath = "/v1/imports/users";

async function send({ path }: Dataset, records: readonly FileRecord[], key: string): Promise<Imported> {
  const body = { records: records.map(({ value }) => value) as unknown as Schema<"UserRecord">[] };
  const params = { header: { "Idempotency-Key": key } };
  return (await dataOf(api.POST(path as ImportPath, { params, body }))).data;
}
