/** Keeps the events of the outbox in IndexedDB: they survive a reload, and all tabs of the origin share them. */

import { Database } from "../database.js";
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
  readonly #database: Database;

  constructor(name = "baton-outbox") {
    this.#database = new Database(name, (database) => {
      const rows = database.createObjectStore(EVENTS, { keyPath: "seq", autoIncrement: true });
      rows.createIndex(BY_STATE, ["owner", "state"]);
    });
  }

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

  count(owner: string): Promise<number> {
    return this.#database.read(EVENTS, (rows) => rows.index(BY_STATE).count([owner, "waiting"]));
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
  close(): Promise<void> {
    return this.#database.close();
  }

  async #read(query: (rows: IDBObjectStore) => IDBRequest<Row[]>): Promise<StoredEvent[]> {
    const found = await this.#database.read(EVENTS, query);
    return found.map(({ seq, owner, event, reason }) => ({ seq: seq ?? 0, owner, event, rejected: reason }));
  }

  #write(change: (rows: IDBObjectStore) => void): Promise<void> {
    return this.#database.write(EVENTS, change);
  }
}

function change(rows: IDBObjectStore, seq: number, changed: (row: Row) => Row): void {
  const request: IDBRequest<Row | undefined> = rows.get(seq);
  request.onsuccess = () => {
    if (request.result !== undefined) rows.put(changed(request.result));
  };
}
