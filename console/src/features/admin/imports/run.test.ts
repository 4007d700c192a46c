import { expect, test } from "vitest";
import { ApiError, NetworkError } from "~/api/errors";
import type { FileRecord } from "./reader";
import { BATCH, type Imported, ImportRun, type SendBatch } from "./run";

const records: FileRecord[] = Array.from({ length: 250 }, (_, index) => ({ line: index + 2, value: { n: index } }));

function allCreated(batch: readonly FileRecord[]): Imported {
  return { created: batch.length, updated: 0, rejected: [] };
}

function runWith(answer: (batch: readonly FileRecord[], call: number) => Imported | Error) {
  const sent: { lines: number[]; key: string }[] = [];
  const send: SendBatch = async (batch, key) => {
    sent.push({ lines: batch.map(({ line }) => line), key });
    const result = answer(batch, sent.length);
    if (result instanceof Error) throw result;
    return result;
  };
  let keys = 0;
  const run = new ImportRun({ records, errors: [], send, newKey: () => `key-${++keys}`, wait: async () => undefined });
  return { run, sent };
}

test("all records are sent in batches with a key each", async () => {
  const { run, sent } = runWith(allCreated);
  await run.resume();
  expect(run.progress()).toMatchObject({ phase: "finished", done: 250, created: 250 });
  expect(sent.map(({ lines }) => lines.length)).toEqual([BATCH, BATCH, 50]);
  expect(new Set(sent.map(({ key }) => key)).size).toBe(3);
});

test("a batch whose answer was lost is sent again with the same key", async () => {
  const { run, sent } = runWith((batch, call) => (call === 1 ? new NetworkError("lost") : allCreated(batch)));
  await run.resume();
  expect(sent[0]).toEqual(sent[1]);
  expect(run.progress()).toMatchObject({ phase: "finished", created: 250, problem: null });
});

test("rejected records keep their lines, and those without time are sent again under a new key", async () => {
  const { run, sent } = runWith((batch, call) => {
    if (call !== 1) return allCreated(batch);
    const rejected: Imported["rejected"] = [
      { index: 3, fields: { username: "is taken" } },
      { index: 99, fields: { record: "could not be processed now; send it again" } },
    ];
    return { created: 98, updated: 0, rejected };
  });
  await run.resume();
  expect(run.progress().errors).toEqual([{ line: 5, field: "username", message: "is taken" }]);
  expect(sent[1]?.lines[0]).toBe(101);
  expect(run.progress()).toMatchObject({ done: 250, created: 249 });
});

test("a refusal pauses the import, which can be resumed", async () => {
  let allowed = false;
  const refusal = new ApiError(403, "ACCESS_DENIED", "No.", {}, {}, null, null);
  const { run } = runWith((batch) => (allowed ? allCreated(batch) : refusal));
  await run.resume();
  expect(run.progress()).toMatchObject({ phase: "paused", problem: refusal, done: 0 });
  allowed = true;
  await run.resume();
  expect(run.progress().phase).toBe("finished");
});

test("a pause or a cancellation takes effect after the batch on its way", async () => {
  const { run, sent } = runWith((batch, call) => {
    if (call === 1) run.pause();
    if (call === 2) run.stop();
    return allCreated(batch);
  });
  await run.resume();
  expect(run.progress()).toMatchObject({ phase: "paused", done: BATCH });
  await run.resume();
  expect(run.progress()).toMatchObject({ phase: "stopped", done: 2 * BATCH });
  expect(sent).toHaveLength(2);
});

test("an overloaded server gets smaller batches", async () => {
  const busy = new ApiError(503, "SERVICE_UNAVAILABLE", "Busy.", {}, {}, null, null);
  const { run, sent } = runWith((batch) => (batch.length > 30 ? busy : allCreated(batch)));
  await run.resume();
  expect(run.progress()).toMatchObject({ phase: "finished", done: 250, created: 250 });
  expect(sent.slice(0, 3).map(({ lines }) => lines.length)).toEqual([100, 50, 25]);
  expect(new Set(sent.slice(0, 3).map(({ key }) => key)).size).toBe(3);
});
