/**
 * A socket that stays connected: it fetches a ticket, connects, notices a dead line, connects again after a pause, and
 * continues after the newest event that arrived. The app gets each event once, and an event is acknowledged when the app
 * asks for the next one.
 */

import type { Api } from "../api.js";
import { Emitter } from "../emitter.js";
import { type Cancel, type Environment, sleep } from "../environment.js";
import { ApiError, SessionEndedError } from "../errors.js";
import { backoff } from "../http/retry.js";
import type { Session } from "../session/session.js";
import { Connection, type Pulse } from "./connection.js";
import type { Channel, ClientEvents, Message, Refusal, SocketEvent } from "./events.js";
import { Mailbox } from "./mailbox.js";

export interface SocketOptions extends Partial<Pulse> {
  /** Begin after the event with this id, as an app that stores ids does; 0 is all that the server keeps. */
  after?: number;
  /** Acknowledgements are collected for this long. */
  ackMs?: number;
}

export type SocketState = "idle" | "connecting" | "open" | "waiting" | "ended";

/** Why a socket connects no more. */
export type SocketEnd =
  /** `close` was called. */
  | "closed"
  /** The session has ended, or another person has signed in. */
  | "signed_out"
  /** The role may not receive this channel, or may not open sockets. */
  | "forbidden"
  /** The person has opened more sockets than the server allows, so the oldest was closed. */
  | "replaced";

export interface SocketEvents {
  state: SocketState;
  /** The server refused a message of this client. */
  refused: Refusal;
  /** Connecting failed; it goes on after a pause. */
  error: unknown;
}

const PAUSES = { baseMs: 1_000, capMs: 60_000 };
const SIGNED_OUT = 4001;
const FINAL: ReadonlyMap<number, SocketEnd> = new Map([
  [4003, "forbidden"],
  [4008, "replaced"],
]);

export class BatonSocket<C extends Channel> implements AsyncIterable<SocketEvent<C>> {
  readonly #emitter = new Emitter<SocketEvents>();
  readonly #mailbox: Mailbox<SocketEvent<C>>;
  readonly #stopped = new AbortController();
  readonly #pulse: Pulse;
  #connection: Connection | null = null;
  #state: SocketState = "idle";
  #end: SocketEnd | null = null;
  #userId: string | undefined;
  #handled: number | undefined;
  #acknowledged: number | undefined;
  #cancelAck: Cancel | null = null;
  #hurry: () => void = () => undefined;

  constructor(
    private readonly environment: Environment,
    private readonly api: Api,
    private readonly session: Session,
    private readonly url: string,
    private readonly options: SocketOptions,
  ) {
    this.#mailbox = new Mailbox(options.after);
    this.#pulse = { pingMs: options.pingMs ?? 30_000, answerMs: options.answerMs ?? 15_000 };
  }

  get state(): SocketState {
    return this.#state;
  }

  /** Why the socket connects no more; null while it does. */
  get end(): SocketEnd | null {
    return this.#end;
  }

  /** The id up to which the app has dealt with all events. */
  get handled(): number | undefined {
    return this.#handled;
  }

  on<Name extends keyof SocketEvents>(name: Name, listener: (value: SocketEvents[Name]) => void): Cancel {
    return this.#emitter.on(name, listener);
  }

  /** Connect, and stay connected. Iterating does this by itself. */
  open(): void {
    if (this.#state === "idle") void this.#stayConnected();
  }

  /** Send an event, and return whether there was a connection to send it on. A lost event is not sent again. */
  send<Name extends keyof ClientEvents[C] & string>(event: Name, data: ClientEvents[C][Name]): boolean {
    return this.#connection?.send(event, data) ?? false;
  }

  /** Call `handler` with each event, one at a time, until the socket ends. Rejects if the handler does. */
  async listen(handler: (event: SocketEvent<C>) => unknown): Promise<SocketEnd> {
    for await (const event of this) await handler(event);
    return this.#end ?? "closed";
  }

  /** Yield each event once, in order. The loop ends when the socket does; leaving the loop closes it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<SocketEvent<C>, void, void> {
    this.open();
    try {
      for (let event = await this.#mailbox.take(); event !== null; event = await this.#mailbox.take()) {
        yield event;
        if (event.id !== undefined) this.#acknowledge(event.id);
      }
    } finally {
      this.close();
    }
  }

  /** Acknowledge what was dealt with, disconnect, and end the iteration. */
  close(): void {
    this.#finish("closed");
  }

  async #stayConnected(): Promise<void> {
    const cancels = [
      this.environment.onOnline(() => this.#hurry()),
      this.session.on("ended", () => this.#finish("signed_out")),
      this.session.on("signedIn", (tokens) => {
        if (this.#userId !== undefined && tokens.userId !== this.#userId) this.#finish("signed_out");
      }),
    ];
    for (let failures = 0; this.#end === null; ) {
      const opened = await this.#connectOnce();
      failures = opened ? 0 : failures + 1;
      if (this.#end === null) await this.#pause(failures);
    }
    for (const cancel of cancels) cancel();
  }

  /** Connect, wait for the end of the connection, and return whether it had been opened. */
  async #connectOnce(): Promise<boolean> {
    this.#enter("connecting");
    try {
      await this.#checkUser();
      const { data } = await this.api.POST("/v1/ws/tickets", { signal: this.#stopped.signal });
      const { code, opened } = await this.#connected(data.ticket);
      await this.#closed(code);
      return opened;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** Another person may have signed in meanwhile. Their events have ids of their own. */
  async #checkUser(): Promise<void> {
    const userId = (await this.session.current())?.userId;
    this.#userId ??= userId;
    if (userId === undefined || userId !== this.#userId) throw new SessionEndedError();
  }

  #connected(ticket: string): Promise<{ code: number; opened: boolean }> {
    return new Promise((resolve) => {
      let opened = false;
      this.#connection = new Connection(this.environment, this.#address(ticket), this.#pulse, {
        opened: () => {
          opened = true;
          this.#enter("open");
          this.#acknowledged = undefined;
          this.#sendAck();
        },
        received: (message) => this.#received(message),
        ended: (code) => resolve({ code, opened }),
      });
      if (this.#end !== null) this.#connection.close();
    });
  }

  #address(ticket: string): string {
    const query = new URLSearchParams({ ticket });
    if (this.#mailbox.newest !== undefined) query.set("after", String(this.#mailbox.newest));
    return `${this.url}?${query}`;
  }

  #received(message: Message): void {
    if (typeof message.at === "string") this.#mailbox.put(message as SocketEvent<C>);
    else if (message.event === "error") this.#emitter.emit("refused", message.data as Refusal);
  }

  async #closed(code: number): Promise<void> {
    this.#connection = null;
    const end = FINAL.get(code);
    if (end !== undefined) this.#finish(end);
    // Refreshing shows whether the session itself has ended, which its other users then learn as well.
    else if (code === SIGNED_OUT) await this.session.renew(await this.session.validTokens());
  }

  #failed(error: unknown): void {
    this.#connection = null;
    if (this.#end !== null) return;
    if (error instanceof SessionEndedError) this.#finish("signed_out");
    else if (error instanceof ApiError && error.status === 403) this.#finish("forbidden");
    else this.#emitter.emit("error", error);
  }

  async #pause(failures: number): Promise<void> {
    this.#enter("waiting");
    const over = new AbortController();
    this.#hurry = () => over.abort();
    await sleep(this.environment, backoff(PAUSES, failures, this.environment.random()), over.signal).catch(
      () => undefined,
    );
  }

  #acknowledge(id: number): void {
    this.#handled = Math.max(this.#handled ?? 0, id);
    this.#cancelAck ??= this.environment.schedule(this.options.ackMs ?? 200, () => this.#sendAck());
  }

  #sendAck(): void {
    this.#cancelAck?.();
    this.#cancelAck = null;
    if (this.#handled === undefined || this.#handled === this.#acknowledged) return;
    if (this.#connection?.send("ack", { id: this.#handled })) this.#acknowledged = this.#handled;
  }

  #finish(end: SocketEnd): void {
    if (this.#end !== null) return;
    this.#sendAck();
    this.#end = end;
    this.#stopped.abort();
    this.#connection?.close();
    this.#connection = null;
    this.#hurry();
    // What the app does not take now is not acknowledged, so the server sends it to the next socket.
    this.#mailbox.end(end === "closed");
    this.#enter("ended");
  }

  #enter(state: SocketState): void {
    if (this.#state === state || this.#state === "ended") return;
    this.#state = state;
    this.#emitter.emit("state", state);
  }
}
