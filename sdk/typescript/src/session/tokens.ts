/** The tokens of a session, and where they are kept. */

import { Database } from "../database.js";
import type { components } from "../generated/openapi.js";

/** The tokens of a signed-in person. */
export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** When the access token expires, in milliseconds since 1970-01-01 UTC by this device's clock. */
  expiresAt: number;
  userId: string;
  /** With a one-time password, everything except a change of the password is refused. */
  mustChangePassword: boolean;
}

/** Keeps the tokens of one session. A method may return a promise or a value. */
export interface TokenStore {
  /** Names what the tabs of an origin share, for locks and messages between them; null if they share nothing. */
  readonly sharedAs: string | null;
  read(): Promise<Tokens | null> | Tokens | null;
  write(tokens: Tokens): Promise<void> | void;
  clear(): Promise<void> | void;
}

/** Keeps tokens until the page or process ends. */
export class MemoryTokenStore implements TokenStore {
  readonly sharedAs = null;
  #tokens: Tokens | null = null;

  read(): Tokens | null {
    return this.#tokens;
  }

  write(tokens: Tokens): void {
    this.#tokens = tokens;
  }

  clear(): void {
    this.#tokens = null;
  }
}

const TOKENS = "tokens";

/**
 * Keeps tokens in IndexedDB: all tabs share one session, which survives the browser. A tab always reads what another one
 * has written, so a session is refreshed once.
 */
export class IndexedDbTokenStore implements TokenStore {
  readonly sharedAs: string;
  readonly #database: Database;

  constructor(name = "baton-session") {
    this.sharedAs = name;
    this.#database = new Database(name, (database) => database.createObjectStore(TOKENS));
  }

  async read(): Promise<Tokens | null> {
    const found: unknown = await this.#database.read(TOKENS, (store) => store.get(TOKENS));
    return isTokens(found) ? found : null;
  }

  write(tokens: Tokens): Promise<void> {
    return this.#database.write(TOKENS, (store) => store.put(tokens, TOKENS));
  }

  clear(): Promise<void> {
    return this.#database.write(TOKENS, (store) => store.clear());
  }
}

/**
 * Keeps tokens in `localStorage` (all tabs share one session, which survives the browser) or in `sessionStorage` (one
 * session per tab, which survives a reload). A tab may read `localStorage` some milliseconds late and refresh with the
 * token that was just exchanged; the server then returns the same new tokens once more.
 */
export class WebTokenStore implements TokenStore {
  readonly sharedAs: string | null;

  constructor(
    private readonly storage: Storage,
    private readonly key = "baton.session",
  ) {
    this.sharedAs = isShared(storage) ? key : null;
  }

  read(): Tokens | null {
    const text = this.storage.getItem(this.key);
    return text === null ? null : decode(text);
  }

  write(tokens: Tokens): void {
    this.storage.setItem(this.key, JSON.stringify(tokens));
  }

  clear(): void {
    this.storage.removeItem(this.key);
  }
}

/** Return the tokens in a response to sign-in or refresh, or null if it has none, such as the page of a hotspot. */
export function tokensOf(response: string, now: number): Tokens | null {
  const received = (parsed(response) ?? {}) as components["schemas"]["Tokens"];
  const { accessToken, refreshToken, expiresIn, userId, mustChangePassword } = received;
  const tokens = { accessToken, refreshToken, expiresAt: now + expiresIn * 1000, userId, mustChangePassword };
  return isTokens(tokens) ? tokens : null;
}

function isShared(storage: Storage): boolean {
  try {
    return storage === globalThis.localStorage;
  } catch {
    return false; // a browser that denies storage throws
  }
}

function decode(text: string): Tokens | null {
  const value = parsed(text);
  return isTokens(value) ? value : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isTokens(value: unknown): value is Tokens {
  const { accessToken, refreshToken, expiresAt, userId } = (value ?? {}) as Partial<Tokens>;
  return [accessToken, refreshToken, userId].every((text) => typeof text === "string") && Number.isFinite(expiresAt);
}
