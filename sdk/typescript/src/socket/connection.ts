/** One WebSocket connection: notices a dead line, and reports its end exactly once. */

import type { Cancel, Environment, WebSocketLike } from "../environment.js";
import { type Message, messageOf } from "./events.js";

export interface ConnectionHandlers {
  opened(): void;
  received(message: Message): void;
  /** The close code; 1006 if the line was lost or the server refused the connection. */
  ended(code: number): void;
}

export interface Pulse {
  /** A ping is sent after this long without a message. */
  pingMs: number;
  /** The line counts as lost if nothing arrives for this long after a ping, or after the start. */
  answerMs: number;
}

const LOST = 1006;

export class Connection {
  readonly #socket: WebSocketLike;
  #cancel: Cancel = () => undefined;
  #open = false;
  #ended = false;

  constructor(
    private readonly environment: Environment,
    url: string,
    private readonly pulse: Pulse,
    private readonly handlers: ConnectionHandlers,
  ) {
    this.#socket = environment.openSocket(url);
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = (event) => this.#received(event.data);
    this.#socket.onclose = (event) => this.#end(event.code);
    this.#socket.onerror = () => undefined; // a close event follows
    this.#expectAnswer();
  }

  /** Send a message, and return whether the connection is open. */
  send(event: string, data: unknown): boolean {
    if (!this.#open) return false;
    this.#socket.send(JSON.stringify({ event, data }));
    return true;
  }

  close(): void {
    this.#end(1000);
  }

  #opened(): void {
    if (this.#ended) return;
    this.#open = true;
    this.handlers.opened();
    this.#ping();
  }

  #received(data: unknown): void {
    if (this.#ended) return;
    this.#expectSilence();
    const message = messageOf(data);
    if (message !== null && message.event !== "pong") this.handlers.received(message);
  }

  #ping(): void {
    this.send("ping", {});
    this.#expectAnswer();
  }

  #expectSilence(): void {
    this.#cancel();
    this.#cancel = this.environment.schedule(this.pulse.pingMs, () => this.#ping());
  }

  #expectAnswer(): void {
    this.#cancel();
    this.#cancel = this.environment.schedule(this.pulse.answerMs, () => this.#end(LOST));
  }

  #end(code: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#open = false;
    this.#cancel();
    this.#socket.close();
    this.handlers.ended(code);
  }
}
