/** Surroundings that tests control: time passes only while a test waits, and the network answers from a script. */

import {
  type Broadcast,
  type Cancel,
  type Environment,
  type Locks,
  ProcessLocks,
  type TokenStore,
  type Tokens,
  type WebSocketLike,
} from "../../src/index.js";

export interface SentRequest {
  method: string;
  path: string;
  headers: Headers;
  body: unknown;
  signal: AbortSignal | null | undefined;
}

/** Returns a response, or throws or returns null for a request that is never answered. */
export type Answer = (request: SentRequest) => Response | null | Promise<Response | null>;

interface Timer {
  at: number;
  action: () => void;
}

export class Fake implements Environment {
  time = Date.parse("2026-03-14T09:26:53.000Z");
  readonly requests: SentRequest[] = [];
  readonly sockets: FakeSocket[] = [];
  readonly pauses: number[] = [];
  randomValue = 0.5;
  answer: Answer = () => json(200, {});
  online: () => void = () => undefined;
  #timers: Timer[] = [];
  #ids = 0;

  constructor(
    readonly locks: Locks = new ProcessLocks(),
    private readonly tabs: Tabs = new Tabs(),
  ) {}

  fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const address = new URL(url);
    const request: SentRequest = {
      method: init.method ?? "GET",
      path: address.pathname + address.search,
      headers: new Headers(init.headers),
      body: typeof init.body === "string" ? JSON.parse(init.body) : init.body,
      signal: init.signal,
    };
    this.requests.push(request);
    const response = await this.answer(request);
    return response ?? (await aborted(init.signal));
  };

  openSocket = (url: string): WebSocketLike => {
    const socket = new FakeSocket(url);
    this.sockets.push(socket);
    return socket;
  };

  now = (): number => this.time;
  random = (): number => this.randomValue;

  uuid = (): string => {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, "0")}`;
  };

  schedule = (milliseconds: number, action: () => void): Cancel => {
    const timer = { at: this.time + milliseconds, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  onOnline = (listener: () => void): Cancel => {
    this.online = listener;
    return () => undefined;
  };

  broadcast = (name: string, listener: (message: string) => void): Broadcast => this.tabs.join(name, listener);

  /** Let everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 25; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Let this much time pass, with everything that happens meanwhile. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.time + milliseconds;
    await this.settle();
    for (let timer = this.#next(); timer !== undefined && timer.at <= until; timer = this.#next()) {
      this.#fire(timer);
      await this.settle();
    }
    this.time = until;
  }

  /** Return what the promise resolves to, and let as much time pass as that takes. */
  async wait<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const end = (): void => {
      done = true;
    };
    promise.then(end, end);
    for (await this.settle(); !done; await this.settle()) {
      const timer = this.#next();
      if (timer === undefined) throw new Error("Nothing will happen any more, and the promise is not settled.");
      this.pauses.push(timer.at - this.time);
      this.#fire(timer);
    }
    return await promise;
  }

  #next(): Timer | undefined {
    return [...this.#timers].sort((one, other) => one.at - other.at)[0];
  }

  #fire(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
    this.time = Math.max(this.time, timer.at);
    timer.action();
  }
}

/** Passes messages between the environments of several tabs. */
export class Tabs {
  readonly #members = new Set<{ name: string; listener: (message: string) => void }>();

  join(name: string, listener: (message: string) => void): Broadcast {
    const member = { name, listener };
    this.#members.add(member);
    return {
      post: (message) => {
        if (!this.#members.has(member)) throw new DOMException("The channel is closed.", "InvalidStateError");
        for (const other of this.#members) if (other !== member && other.name === name) other.listener(message);
      },
      close: () => this.#members.delete(member),
    };
  }
}

export class FakeSocket implements WebSocketLike {
  onopen: WebSocketLike["onopen"] = null;
  onmessage: WebSocketLike["onmessage"] = null;
  onclose: WebSocketLike["onclose"] = null;
  onerror: WebSocketLike["onerror"] = null;
  readonly sent: { event: string; data: unknown }[] = [];
  closed = false;

  constructor(readonly url: string) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
  }

  opens(): void {
    this.onopen?.(new Event("open"));
  }

  receives(message: object): void {
    this.onmessage?.(new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  ends(code: number): void {
    this.onclose?.(Object.assign(new Event("close"), { code, reason: "", wasClean: false }) as CloseEvent);
  }

  get acks(): unknown[] {
    return this.sent.filter((message) => message.event === "ack").map((message) => (message.data as { id: number }).id);
  }
}

/** Tokens that several tabs share. */
export class SharedStore implements TokenStore {
  readonly sharedAs = "shared";
  tokens: Tokens | null = null;

  read(): Tokens | null {
    return this.tokens;
  }

  write(tokens: Tokens): void {
    this.tokens = tokens;
  }

  clear(): void {
    this.tokens = null;
  }
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const text = body === undefined ? null : JSON.stringify(body);
  return new Response(text, { status, headers: { "Content-Type": "application/json", ...headers } });
}

export function refusal(status: number, code: string, headers: Record<string, string> = {}): Response {
  return json(status, { success: false, error: { code, message: `It is ${code}.`, details: {} } }, headers);
}

/** Return a response to sign-in or refresh, with tokens that contain a number. */
export function issued(number: number, accessToken = `access-${number}`, userId = "user-1"): Response {
  return json(200, {
    accessToken,
    refreshToken: `refresh-${number}`,
    expiresIn: 3600,
    userId,
    mustChangePassword: false,
  });
}

export function lost(): never {
  throw new TypeError("fetch failed");
}

function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
}
