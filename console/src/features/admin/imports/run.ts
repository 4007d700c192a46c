import { ApiError, isTransient } from "~/api/errors";
import { retryDelay } from "~/api/queries";
import type { Schema } from "~/api/schema";
import type { FileRecord, RowError } from "./reader";

export type Imported = Schema<"Imported">;

/** Sends records, under a key by which the server recognises the same request. */
export type SendBatch = (records: readonly FileRecord[], key: string) => Promise<Imported>;

export type Phase = "running" | "paused" | "stopped" | "finished";

export interface Progress {
  phase: Phase;
  total: number;
  done: number;
  created: number;
  updated: number;
  errors: readonly RowError[];
  /** Why it waits or has paused; null if all is well. */
  problem: unknown;
}

export const BATCH = 100;
const SMALLEST_BATCH = 5;
const MAX_BATCH_CHARS = 1_000_000;
const MAX_ATTEMPTS = 8;
/** What the server says about a record that it had no time for. */
const TRY_AGAIN = /send it again/;

export interface RunOptions {
  records: readonly FileRecord[];
  errors: readonly RowError[];
  send: SendBatch;
  newKey?: () => string;
  wait?: (ms: number) => Promise<void>;
}

/**
 * The import of one file. A batch whose answer was lost is sent again with the same key, so nothing is imported twice;
 * records that the server had no time for are sent again under a new one, in smaller batches. A pause takes effect between two batches.
 */
export class ImportRun {
  #queue: readonly FileRecord[];
  #progress: Progress;
  #batch: { records: readonly FileRecord[]; key: string } | null = null;
  #attempts = 0;
  /** How many records to send: fewer where the server has no time for more. */
  #size = BATCH;
  #looping = false;
  readonly #listeners = new Set<() => void>();
  readonly #send: SendBatch;
  readonly #newKey: () => string;
  readonly #wait: (ms: number) => Promise<void>;

  constructor({ records, errors, send, newKey, wait }: RunOptions) {
    this.#queue = records;
    this.#send = send;
    this.#newKey = newKey ?? (() => crypto.randomUUID());
    this.#wait = wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
    this.#progress = {
      phase: "paused",
      total: records.length,
      done: 0,
      created: 0,
      updated: 0,
      errors,
      problem: null,
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly progress = (): Progress => this.#progress;

  pause(): void {
    if (this.#progress.phase === "running") this.#change({ phase: "paused" });
  }

  /** Begin, or go on after a pause. */
  async resume(): Promise<void> {
    if (this.#progress.phase !== "paused") return;
    this.#attempts = 0;
    this.#change({ phase: "running", problem: null });
    if (this.#looping) return;
    this.#looping = true;
    try {
      while (this.#isRunning() && this.#queue.length > 0) await this.#step();
    } finally {
      this.#looping = false;
    }
    if (this.#isRunning()) this.#change({ phase: "finished" });
  }

  /** Send no more. What was sent stays. */
  stop(): void {
    if (this.#progress.phase !== "finished") this.#change({ phase: "stopped", problem: null });
  }

  async #step(): Promise<void> {
    this.#batch ??= { records: nextBatch(this.#queue, this.#size), key: this.#newKey() };
    const { records, key } = this.#batch;
    try {
      this.#settle(records, await this.#send(records, key));
    } catch (error) {
      await this.#failed(error);
    }
  }

  #settle(records: readonly FileRecord[], { created, updated, rejected }: Imported): void {
    const waiting = new Set(rejected.filter(isUnfinished).map(({ index }) => index));
    const isStuck = waiting.size === records.length && this.#attempts >= MAX_ATTEMPTS;
    this.#attempts = waiting.size === records.length ? this.#attempts + 1 : 0;
    const again = isStuck ? [] : records.filter((_, index) => waiting.has(index));
    const errors = rejected
      .filter(({ index }) => isStuck || !waiting.has(index))
      .flatMap(({ index, fields }) =>
        Object.entries(fields).map(([field, message]) => ({ line: records[index]?.line ?? 0, field, message })),
      );
    this.#batch = null;
    this.#resize(again.length === 0 ? BATCH : records.length - again.length);
    this.#queue = [...again, ...this.#queue.slice(records.length)];
    this.#change({
      problem: null,
      done: this.#progress.done + records.length - again.length,
      created: this.#progress.created + created,
      updated: this.#progress.updated + updated,
      errors: errors.length === 0 ? this.#progress.errors : [...this.#progress.errors, ...errors],
    });
  }

  async #failed(error: unknown): Promise<void> {
    this.#attempts += 1;
    // An answer, even an error, is not stored under the key, so the next request may be another one: a smaller one.
    if (error instanceof ApiError && error.status !== 429) {
      this.#batch = null;
      this.#resize(this.#size / 2);
    }
    if (!isTransient(error) || this.#attempts >= MAX_ATTEMPTS) {
      this.#change({ problem: error, phase: this.#isRunning() ? "paused" : this.#progress.phase });
      return;
    }
    this.#change({ problem: error });
    await this.#wait(retryDelay(this.#attempts, error));
  }

  /** The size grows slowly, and shrinks at once. */
  #resize(wanted: number): void {
    const most = Math.min(BATCH, this.#size * 2);
    this.#size = Math.max(SMALLEST_BATCH, Math.min(most, Math.floor(wanted)));
  }

  #isRunning(): boolean {
    return this.#progress.phase === "running";
  }

  #change(part: Partial<Progress>): void {
    this.#progress = { ...this.#progress, ...part };
    for (const listener of this.#listeners) listener();
  }
}

/** Return the first records of a queue, at most `count`, that fit into one request. */
function nextBatch(queue: readonly FileRecord[], count: number): readonly FileRecord[] {
  const batch: FileRecord[] = [];
  let size = 0;
  for (const record of queue.slice(0, count)) {
    size += JSON.stringify(record.value).length;
    if (batch.length > 0 && size > MAX_BATCH_CHARS) break;
    batch.push(record);
  }
  return batch;
}

function isUnfinished({ fields }: Schema<"Rejected">): boolean {
  return TRY_AGAIN.test(fields.record ?? "");
}
