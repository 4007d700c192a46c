/** Where the outbox keeps events, in the order in which they were added. */

import type { components } from "../generated/openapi.js";

/** An event as it is sent. */
export type OutboxEvent = components["schemas"]["ClientEvent"];

/** An event that happened on this device, before it has an id and a time. */
export type NewEvent = WhatHappened<OutboxEvent>;

/** Applied to each kind of event alone, so that the payload stays that of the kind. */
type WhatHappened<E> = E extends OutboxEvent ? Pick<E, "event_type" | "payload"> : never;

export interface StoredEvent {
  /** Rises with every event of the store. */
  seq: number;
  /** The user who made the event. Only that user may send it. */
  owner: string;
  event: OutboxEvent;
  /** Why the server refuses the event as it is; null while it waits to be sent. */
  rejected: string | null;
}

/** What became of events that were sent. Events that are not named stay as they are. */
export interface Outcome {
  removed: readonly number[];
  rejected: ReadonlyMap<number, string>;
}

/** Keeps events until they are settled. A store that survives a reload is written before a method resolves. */
export interface OutboxStore {
  add(owner: string, events: readonly OutboxEvent[]): Promise<void>;
  /** Return the oldest events of an owner that wait to be sent. */
  waiting(owner: string, limit: number): Promise<StoredEvent[]>;
  /** Return the events of an owner that the server refuses. */
  rejected(owner: string): Promise<StoredEvent[]>;
  count(owner: string): Promise<number>;
  settle(outcome: Outcome): Promise<void>;
  /** Let a refused event be sent again, in its old place. */
  requeue(seq: number): Promise<void>;
  /** Remove a refused event for good. */
  discard(seq: number): Promise<void>;
}

/** Keeps events until the process ends. */
export class MemoryOutboxStore implements OutboxStore {
  readonly #events = new Map<number, StoredEvent>();
  #last = 0;

  async add(owner: string, events: readonly OutboxEvent[]): Promise<void> {
    for (const event of events) {
      this.#last += 1;
      this.#events.set(this.#last, { seq: this.#last, owner, event, rejected: null });
    }
  }

  async waiting(owner: string, limit: number): Promise<StoredEvent[]> {
    return this.#of(owner, false).slice(0, limit);
  }

  async rejected(owner: string): Promise<StoredEvent[]> {
    return this.#of(owner, true);
  }

  async count(owner: string): Promise<number> {
    return this.#of(owner, false).length;
  }

  async settle({ removed, rejected }: Outcome): Promise<void> {
    for (const seq of removed) this.#events.delete(seq);
    for (const [seq, reason] of rejected) this.#change(seq, reason);
  }

  async requeue(seq: number): Promise<void> {
    this.#change(seq, null);
  }

  async discard(seq: number): Promise<void> {
    if (this.#events.get(seq)?.rejected != null) this.#events.delete(seq);
  }

  #change(seq: number, rejected: string | null): void {
    const stored = this.#events.get(seq);
    if (stored !== undefined) this.#events.set(seq, { ...stored, rejected });
  }

  #of(owner: string, rejected: boolean): StoredEvent[] {
    return [...this.#events.values()].filter(
      (stored) => stored.owner === owner && (stored.rejected !== null) === rejected,
    );
  }
}
