/** Keeps the events of the outbox in IndexedDB: they survive a reload, and all tabs of the origin share them. */

import type { OutboxEvent, OutboxStore, Outcome, StoredEvent } from "./store.js";

/** IndexedDB has no index over booleans or null. */
interface Row {
  seq?: number;
  owner: string;
  state: "waiting" | "rejected";
  event: OutboxEvent;
  reason: string | null;
}

const EVENTS = "events";
const BY_STATE = "by-state";

export class IndexedDbOutboxStore implements OutboxStore {
  #opened: Promise<IDBDatabase> | null = null;

  constructor(readonly name = "baton-outbox") {}

  async add(owner: string, events: readonly OutboxEvent[]): Promise<void> {
    await this.#write((rows) => {
      for (const event of events) rows.add({ owner, state: "waiting", event, reason: null } satisfies Row);
    });
  }

  waiting(owner: string, limit: number): Promise<StoredEvent[]> {
    return this.#read((rows) => rows.index(BY_STATE).getAll([owner, "waiting"], limit));
  }

  rejected(owner: string): Promise<StoredEvent[]> {
    return this.#read((rows) => rows.index(BY_STATE).getAll([owner, "rejected"]));
  }

  async count(owner: string): Promise<number> {
    const rows = (await this.#database()).transaction(EVENTS).objectStore(EVENTS);
    return await resultOf(rows.index(BY_STATE).count([owner, "waiting"]));
  }

  async settle({ removed, rejected }: Outcome): Promise<void> {
    await this.#write((rows) => {
      for (const seq of removed) rows.delete(seq);
      for (const [seq, reason] of rejected) change(rows, seq, (row) => ({ ...row, state: "rejected", reason }));
    });
  }

  async requeue(seq: number): Promise<void> {
    await this.#write((rows) => change(rows, seq, (row) => ({ ...row, state: "waiting", reason: null })));
  }

  async discard(seq: number): Promise<void> {
    await this.#write((rows) => {
      const request: IDBRequest<Row | undefined> = rows.get(seq);
      request.onsuccess = () => {
        if (request.result?.state === "rejected") rows.delete(seq);
      };
    });
  }

  /** Close the database, so that it can be deleted. The next call opens it again. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    (await opened)?.close();
  }

  async #read(query: (rows: IDBObjectStore) => IDBRequest<Row[]>): Promise<StoredEvent[]> {
    const found = await resultOf(query((await this.#database()).transaction(EVENTS).objectStore(EVENTS)));
    return found.map(({ seq, owner, event, reason }) => ({ seq: seq ?? 0, owner, event, rejected: reason }));
  }

  /** Resolves when the transaction is on the disk, since a scanner may lose power at any time. */
  async #write(change: (rows: IDBObjectStore) => void): Promise<void> {
    const transaction = (await this.#database()).transaction(EVENTS, "readwrite", { durability: "strict" });
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    change(transaction.objectStore(EVENTS));
    await done;
  }

  #database(): Promise<IDBDatabase> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  async #open(): Promise<IDBDatabase> {
    const request = indexedDB.open(this.name, 1);
    request.onupgradeneeded = () => {
      const rows = request.result.createObjectStore(EVENTS, { keyPath: "seq", autoIncrement: true });
      rows.createIndex(BY_STATE, ["owner", "state"]);
    };
    const database = await resultOf(request);
    database.onversionchange = () => void this.close();
    database.onclose = () => {
      this.#opened = null;
    };
    return database;
  }
}

function change(rows: IDBObjectStore, seq: number, changed: (row: Row) => Row): void {
  const request: IDBRequest<Row | undefined> = rows.get(seq);
  request.onsuccess = () => {
    if (request.result !== undefined) rows.put(changed(request.result));
  };
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
