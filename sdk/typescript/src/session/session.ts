/**
 * The session of one signed-in person, shared by all tabs that use the same token store.
 *
 * A refresh token is exchanged by one tab at a time, under a lock; a tab that waited for the lock finds the new tokens in
 * the store. If the response was lost, the same token is sent again: the server returns the same successor. New tokens
 * are stored before anything uses them.
 */

import { Emitter } from "../emitter.js";
import { abortable, type Broadcast, type Cancel, type Environment } from "../environment.js";
import { ApiError, NetworkError, SessionEndedError } from "../errors.js";
import type { Http } from "../http/http.js";
import { type TokenStore, type Tokens, tokensOf } from "./tokens.js";

/** Why a session ended: this client or another tab signed out, or the server does not accept the session any more. */
export type EndReason = "signed_out" | "expired";

export interface SessionEvents {
  signedIn: Tokens;
  /** Once per session and tab, whatever the number of requests that fail with it. */
  ended: EndReason;
}

/** An access token is renewed when this little of its life is left. */
const EARLY_MS = 30_000;

export class Session {
  readonly #emitter = new Emitter<SessionEvents>();
  readonly #lock: string;
  readonly #broadcast: Broadcast | null;
  #active = false;
  #refreshing: Promise<Tokens> | null = null;

  constructor(
    private readonly environment: Environment,
    private readonly http: Http,
    private readonly baseUrl: string,
    private readonly store: TokenStore,
  ) {
    this.#lock = `baton-session:${store.sharedAs ?? environment.uuid()}`;
    const shared = store.sharedAs !== null;
    this.#broadcast = shared ? environment.broadcast(this.#lock, (message) => void this.#heard(message)) : null;
  }

  /** Call `listener` at sign-in, or at the end of a session. Return a function that stops that. */
  on<Name extends keyof SessionEvents>(name: Name, listener: (value: SessionEvents[Name]) => void): Cancel {
    return this.#emitter.on(name, listener);
  }

  /** Return the tokens as they are stored, or null if nobody is signed in. */
  async current(): Promise<Tokens | null> {
    const tokens = await this.store.read();
    if (tokens !== null) this.#active = true;
    return tokens;
  }

  /** Sign in with a user name, an e-mail address or a telephone number. Raise `ApiError` if that is refused. */
  async signIn(identifier: string, password: string, signal?: AbortSignal): Promise<Tokens> {
    return await this.environment.locks.run(this.#lock, async () => {
      const tokens = await this.#tokens("login", { identifier, password }, false, signal);
      await this.store.write(tokens);
      this.#active = true;
      this.#broadcast?.post("signedIn");
      this.#emitter.emit("signedIn", tokens);
      return tokens;
    });
  }

  /**
   * End the session here, at once, and then on the server. This client is signed out in any case. Raise `NetworkError` or
   * `ApiError` if the server could not be told.
   */
  async signOut(signal?: AbortSignal): Promise<void> {
    await this.environment.locks.run(this.#lock, async () => {
      const tokens = await this.store.read();
      // Without a network, telling the server takes minutes; whoever closes the tab meanwhile has signed out already.
      await this.store.clear();
      if (tokens !== null) this.#broadcast?.post("signed_out");
      this.#finish("signed_out");
      if (tokens !== null) await this.#post("logout", { refreshToken: tokens.refreshToken }, true, signal);
    });
  }

  /** Note that the one-time password of the session was changed. */
  async passwordChanged(): Promise<void> {
    await this.environment.locks.run(this.#lock, async () => {
      const tokens = await this.store.read();
      if (tokens !== null) await this.store.write({ ...tokens, mustChangePassword: false });
    });
  }

  /** Return tokens whose access token is valid for a while. Raise `SessionEndedError` if nobody is signed in. */
  async validTokens(signal?: AbortSignal): Promise<Tokens> {
    const tokens = await this.#stored();
    return this.#fresh(tokens) ? tokens : await this.renew(tokens, signal);
  }

  /**
   * Return newer tokens than those whose access token is not accepted any more. Raise `SessionEndedError` if the session
   * has ended, `NetworkError` if the server cannot be reached; the session then goes on.
   */
  async renew(rejected: Tokens, signal?: AbortSignal): Promise<Tokens> {
    this.#refreshing ??= this.environment.locks
      .run(this.#lock, () => this.#refresh(rejected))
      .finally(() => {
        this.#refreshing = null;
      });
    return await abortable(this.#refreshing, signal);
  }

  /** Stop listening to other tabs. */
  close(): void {
    this.#broadcast?.close();
  }

  async #refresh(rejected: Tokens): Promise<Tokens> {
    const tokens = sameUser(rejected, await this.#stored());
    // Two access tokens of the same second may be equal; refresh tokens never are.
    if (tokens.refreshToken !== rejected.refreshToken && this.#fresh(tokens)) return tokens;
    try {
      const successor = await this.#tokens("refresh", { refreshToken: tokens.refreshToken }, true);
      await this.store.write(successor);
      return successor;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      return await this.#afterRefusal(tokens);
    }
  }

  async #stored(): Promise<Tokens> {
    const tokens = await this.current();
    if (tokens !== null) return tokens;
    this.#finish("signed_out");
    throw new SessionEndedError();
  }

  #fresh(tokens: Tokens): boolean {
    return tokens.expiresAt - this.environment.now() > EARLY_MS;
  }

  /** Without a lock that tabs share, another tab may have been faster; its tokens are the newest then. */
  async #afterRefusal(refused: Tokens): Promise<Tokens> {
    const stored = await this.store.read();
    if (stored !== null && stored.refreshToken !== refused.refreshToken) return sameUser(refused, stored);
    await this.store.clear();
    this.#broadcast?.post("expired");
    this.#finish("expired");
    throw new SessionEndedError("The session has ended. Sign in again.");
  }

  async #tokens(path: string, body: object, repeatable: boolean, signal?: AbortSignal): Promise<Tokens> {
    const response = await this.#post(path, body, repeatable, signal);
    const tokens = tokensOf(await response.text(), this.environment.now());
    if (tokens === null) throw new NetworkError(`What answered POST /v1/auth/${path} is not Baton.`);
    return tokens;
  }

  async #post(path: string, body: object, repeatable: boolean, signal?: AbortSignal): Promise<Blob> {
    const headers = { "Content-Type": "application/json" };
    const url = `${this.baseUrl}/v1/auth/${path}`;
    const request = { method: "POST", url, headers, body: JSON.stringify(body), repeatable, signal };
    return (await this.http.send(request)).body;
  }

  async #heard(message: string): Promise<void> {
    const tokens = await this.store.read();
    if (message === "signedIn" && tokens !== null) {
      this.#active = true;
      this.#emitter.emit("signedIn", tokens);
    } else if (tokens === null) {
      this.#finish(message === "expired" ? "expired" : "signed_out");
    }
  }

  #finish(reason: EndReason): void {
    if (!this.#active) return;
    this.#active = false;
    this.#emitter.emit("ended", reason);
  }
}

/** A request of one person is not sent again with the tokens of another, who has signed in meanwhile. */
function sameUser(before: Tokens, now: Tokens): Tokens {
  if (before.userId !== now.userId) throw new SessionEndedError("Another person has signed in.");
  return now;
}
