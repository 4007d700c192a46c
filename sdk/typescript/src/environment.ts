/** What the package takes from its surroundings. Every part can be replaced, so tests need neither a network nor time. */

/** Cancels what was scheduled. Does nothing once it has run. */
export type Cancel = () => void;

/** The part of a WebSocket that is used. */
export interface WebSocketLike {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** Runs one function at a time per name, in all tabs of an origin where the platform can do that. */
export interface Locks {
  run<T>(name: string, action: () => Promise<T>): Promise<T>;
}

/** Tells other tabs of the same origin that something has changed. */
export interface Broadcast {
  post(message: string): void;
  close(): void;
}

/** The surroundings: network, time, randomness and other tabs. */
export interface Environment {
  fetch(url: string, init: RequestInit): Promise<Response>;
  openSocket(url: string): WebSocketLike;
  /** Return the time in milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Return a number from 0 up to, but not including, 1. */
  random(): number;
  /** Return a UUID of version 4. */
  uuid(): string;
  schedule(milliseconds: number, action: () => void): Cancel;
  /** Call `listener` whenever the network has come back. */
  onOnline(listener: () => void): Cancel;
  locks: Locks;
  /** Return null where there are no other tabs. */
  broadcast(name: string, listener: (message: string) => void): Broadcast | null;
}

/** Return the surroundings of a browser or of Node. */
export function platform(): Environment {
  return {
    fetch: (url, init) => globalThis.fetch(url, init),
    openSocket: (url) => new WebSocket(url),
    now: () => Date.now(),
    random: () => Math.random(),
    uuid,
    schedule: (milliseconds, action) => {
      const timer = setTimeout(action, milliseconds);
      return () => clearTimeout(timer);
    },
    onOnline: (listener) => {
      if (typeof globalThis.addEventListener !== "function") return () => undefined;
      globalThis.addEventListener("online", listener);
      return () => globalThis.removeEventListener("online", listener);
    },
    locks: globalThis.navigator?.locks === undefined ? new ProcessLocks() : new BrowserLocks(navigator.locks),
    broadcast,
  };
}

/** Wait. Reject with the signal's reason as soon as it is aborted. */
export function sleep(environment: Environment, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const abort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = environment.schedule(milliseconds, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** Return what `promise` resolves to, or reject as soon as the signal is aborted. The work itself goes on. */
export function abortable<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Locks within one process: for Node, and for pages of insecure origins, which have no `navigator.locks`. */
export class ProcessLocks implements Locks {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(name: string, action: () => Promise<T>): Promise<T> {
    const earlier = this.#last.get(name) ?? Promise.resolve();
    const result = earlier.then(action, action);
    this.#last.set(name, result);
    return result;
  }
}

class BrowserLocks implements Locks {
  constructor(private readonly manager: LockManager) {}

  async run<T>(name: string, action: () => Promise<T>): Promise<T> {
    return await this.manager.request(name, action);
  }
}

function broadcast(name: string, listener: (message: string) => void): Broadcast | null {
  // Node has BroadcastChannel too, but an open one keeps its process alive, and there are no tabs.
  if (typeof document === "undefined" || typeof BroadcastChannel === "undefined") return null;
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event: MessageEvent<unknown>) => listener(String(event.data));
  return { post: (message) => channel.postMessage(message), close: () => channel.close() };
}

/** Return a UUID. `crypto.randomUUID` is missing on pages of insecure origins, such as a laptop's address in a Wi-Fi. */
function uuid(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
