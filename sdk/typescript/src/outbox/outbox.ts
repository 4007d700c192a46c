/**
 * A queue for events of the pick scanner that loses none and sends each until the server has an answer for it.
 *
 * An event is stored before it is sent. Only `accepted` and `duplicate` remove it. An event that the server refuses for
 * what it is (its reason says so) is set aside, visible to the app; `retry` and `internal_error` leave it in the queue.
 * One tab sends at a time.
 */

import type { Api } from "../api.js";
import { Emitter } from "../emitter.js";
import { type Broadcast, type Cancel, type Environment, sleep } from "../environment.js";
import { ApiError, NetworkError, SessionEndedError } from "../errors.js";
import type { components } from "../generated/openapi.js";
import { backoff } from "../http/retry.js";
import type { Session } from "../session/session.js";
import { IndexedDbOutboxStore } from "./indexeddb.js";
import { MemoryOutboxStore, type NewEvent, type OutboxEvent, type OutboxStore, type StoredEvent } from "./store.js";

export interface OutboxOptions {
  /** Where events are kept: IndexedDB in browsers and memory elsewhere, unless given. */
  store?: OutboxStore;
  /** Names what tabs share, for the lock; give one name per store. */
  name?: string;
  /** The user who makes the events: the one who is signed in, unless given. */
  owner?: string;
  /** Stored with every event. */
  deviceId?: string;
  /** The most events in one request; the server takes 500. */
  batchSize?: number;
}

/** What one run of `send` did. */
export interface SendResult {
  accepted: number;
  duplicates: number;
  /** Events that were set aside, with the reason. */
  rejected: StoredEvent[];
  /** Events that still wait to be sent. */
  waiting: number;
}

export interface OutboxEvents {
  /** An event was set aside: people have to see it. */
  rejected: StoredEvent;
  /** The server recorded nothing because of an error of its own; the event is sent again. */
  internalError: StoredEvent;
  /** The queue has changed its length. */
  waiting: number;
  /** Sending failed; it goes on later. */
  error: unknown;
}

type Status = components["schemas"]["EventStatus"];

const AGAIN = new Set(["retry", "internal_error"]);
const PAUSES = { baseMs: 1_000, capMs: 60_000 };
/** Errors about a request that is too large or cannot be read; sending fewer events finds the one that causes it. */
const UNREADABLE = new Set([400, 413, 422]);

export class Outbox {
  readonly #emitter = new Emitter<OutboxEvents>();
  readonly #store: OutboxStore;
  readonly #lock: string;
  readonly #batchSize: number;
  #owner: string | null;
  #lastTime = 0;
  #running: AbortController | null = null;
  #tabs: Broadcast | null = null;
  #wake: () => void = () => undefined;

  constructor(
    private readonly environment: Environment,
    private readonly api: Api,
    private readonly session: Session,
    private readonly options: OutboxOptions,
  ) {
    const name = options.name ?? "baton-outbox";
    this.#store =
      options.store ?? (typeof indexedDB === "undefined" ? new MemoryOutboxStore() : new IndexedDbOutboxStore(name));
    this.#lock = `baton-outbox:${name}`;
    this.#batchSize = options.batchSize ?? 500;
    this.#owner = options.owner ?? null;
  }

  on<Name extends keyof OutboxEvents>(name: Name, listener: (value: OutboxEvents[Name]) => void): Cancel {
    return this.#emitter.on(name, listener);
  }

  /** Store events. When this resolves, they will be sent, even after a reload. Return them as they are sent. */
  async add(...events: NewEvent[]): Promise<OutboxEvent[]> {
    const owner = await this.#ownerId();
    const stored = events.map((event) => this.#complete(event, owner));
    await this.#store.add(owner, stored);
    // An error from here on would look as if the events were not stored, and an app would add them again.
    this.#wake();
    this.#tabs?.post("added");
    await this.#reportWaiting(owner).catch((error: unknown) => this.#emitter.emit("error", error));
    return stored;
  }

  /** Return how many events wait to be sent. */
  async waiting(): Promise<number> {
    return await this.#store.count(await this.#ownerId());
  }

  /** Return the events that were set aside. */
  async rejected(): Promise<StoredEvent[]> {
    return await this.#store.rejected(await this.#ownerId());
  }

  /** Send an event again that was set aside, for instance after `not_your_assignment`. */
  async requeue(event: StoredEvent): Promise<void> {
    await this.#store.requeue(event.seq);
    this.#wake();
  }

  /** Give an event up that was set aside. */
  async discard(event: StoredEvent): Promise<void> {
    await this.#store.discard(event.seq);
  }

  /**
   * Send what waits now, each event once. Raise `NetworkError` or `ApiError` if the server cannot take events, and
   * `SessionEndedError` if their user is not signed in. Events that the server has not answered for stay in the queue.
   */
  async send(signal?: AbortSignal): Promise<SendResult> {
    return await this.environment.locks.run(this.#lock, async () => {
      signal?.throwIfAborted();
      return await this.#sendAll(await this.#ownerId(), signal);
    });
  }

  /** Send events as they are added, and whenever the network or the user comes back, until `stop`. */
  start(): void {
    if (this.#running !== null) return;
    this.#running = new AbortController();
    void this.#run(this.#running.signal);
  }

  /** Stop sending. Events stay in the store. */
  stop(): void {
    this.#running?.abort();
    this.#running = null;
    this.#tabs = null;
    this.#wake();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const wake = (): void => this.#wake();
    const cancels = [this.environment.onOnline(wake), this.session.on("signedIn", wake)];
    // A tab may be closed before it has sent what it added.
    const tabs = this.environment.broadcast(this.#lock, wake);
    this.#tabs = tabs;
    let failures = 0;
    while (!signal.aborted) {
      const woken = this.#woken();
      const done = await this.#trySending(signal);
      if (signal.aborted) break;
      failures = done ? 0 : failures + 1;
      const pause = done ? null : backoff(PAUSES, failures - 1, this.environment.random());
      await this.#pause(woken, pause);
    }
    for (const cancel of cancels) cancel();
    tabs?.close();
  }

  /** Return whether the queue is empty now. */
  async #trySending(signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.send(signal)).waiting === 0;
    } catch (error) {
      if (!signal.aborted) this.#emitter.emit("error", error);
      return false;
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #pause(woken: Promise<void>, milliseconds: number | null): Promise<void> {
    if (milliseconds === null) return await woken;
    const over = new AbortController();
    const slept = sleep(this.environment, milliseconds, over.signal).catch(() => undefined);
    await Promise.race([woken, slept]);
    over.abort();
  }

  async #sendAll(owner: string, signal?: AbortSignal): Promise<SendResult> {
    const result: SendResult = { accepted: 0, duplicates: 0, rejected: [], waiting: 0 };
    let limit = this.#batchSize;
    let held = 0;
    for (;;) {
      await this.#checkUser(owner);
      // Events that have to be sent again later stay at the head of the queue, so they are read and skipped.
      const batch = (await this.#store.waiting(owner, held + limit)).slice(held);
      if (batch.length === 0) break;
      const statuses = await this.#post(batch, signal);
      if (statuses === null && batch.length > 1) {
        limit = Math.ceil(batch.length / 2);
        continue;
      }
      held += await this.#settle(batch, statuses ?? [UNSENDABLE], result);
      limit = this.#batchSize;
    }
    result.waiting = await this.#reportWaiting(owner);
    return result;
  }

  async #reportWaiting(owner: string): Promise<number> {
    const waiting = await this.#store.count(owner);
    this.#emitter.emit("waiting", waiting);
    return waiting;
  }

  /** Another person may sign in between two batches; in their name the server would refuse these events. */
  async #checkUser(owner: string): Promise<void> {
    if ((await this.session.current())?.userId === owner) return;
    throw new SessionEndedError("The user who made these events is not signed in.");
  }

  /** Return the status of each event, or null if the server refuses the request as a whole for what is in it. */
  async #post(batch: readonly StoredEvent[], signal?: AbortSignal): Promise<Status[] | null> {
    try {
      const body = { events: batch.map((stored) => stored.event) };
      const { data } = await this.api.POST("/events/batch", { body, signal });
      if (data.status.length !== batch.length) throw new NetworkError("The response does not match the batch.");
      return data.status;
    } catch (error) {
      if (error instanceof ApiError && UNREADABLE.has(error.status)) return null;
      throw error;
    }
  }

  /** Store what became of a batch, and return how many of its events stay in the queue. */
  async #settle(batch: readonly StoredEvent[], statuses: readonly Status[], result: SendResult): Promise<number> {
    const withResult = (kind: Status["result"]): StoredEvent[] =>
      batch.filter((_, index) => statuses[index]?.result === kind);
    const [accepted, duplicates] = [withResult("accepted"), withResult("duplicate")];
    const refused = batch.flatMap((stored, index) => refusalOf(stored, statuses[index]));
    const removed = [...accepted, ...duplicates].map((stored) => stored.seq);
    await this.#store.settle({ removed, rejected: new Map(refused.map(({ seq, rejected }) => [seq, rejected ?? ""])) });
    result.accepted += accepted.length;
    result.duplicates += duplicates.length;
    result.rejected.push(...refused);
    for (const stored of refused) this.#emitter.emit("rejected", stored);
    for (const [index, stored] of batch.entries()) {
      if (statuses[index]?.reason === "internal_error") this.#emitter.emit("internalError", stored);
    }
    return batch.length - removed.length - refused.length;
  }

  #complete(event: NewEvent, owner: string): OutboxEvent {
    const { deviceId } = this.options;
    const added = {
      client_event_id: this.environment.uuid(),
      created_at: new Date(this.#nextTime()).toISOString(),
      user_id: owner,
      ...(deviceId === undefined ? {} : { device_id: deviceId }),
    };
    // The compiler loses that kind and payload belong together.
    return { ...event, ...added } as OutboxEvent;
  }

  /** The server orders events by their time, so events of the same millisecond get different ones. */
  #nextTime(): number {
    const now = this.environment.now();
    const ahead = this.#lastTime - now;
    this.#lastTime = ahead >= 0 && ahead < 1_000 ? this.#lastTime + 1 : now;
    return this.#lastTime;
  }

  /** The owner stays when the session expires: what happens offline still has to be recorded. */
  async #ownerId(): Promise<string> {
    this.#owner = this.options.owner ?? (await this.session.current())?.userId ?? this.#owner;
    if (this.#owner === null) throw new SessionEndedError();
    return this.#owner;
  }
}

const UNSENDABLE: Status = { client_event_id: "", result: "rejected", reason: "unreadable_request" };

/** Return the event with the reason to set it aside, or nothing if it has none. */
function refusalOf(stored: StoredEvent, status: Status | undefined): StoredEvent[] {
  const reason = status?.reason ?? "unknown";
  return status?.result === "rejected" && !AGAIN.has(reason) ? [{ ...stored, rejected: reason }] : [];
}
