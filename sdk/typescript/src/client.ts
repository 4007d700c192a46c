import { Api } from "./api.js";
import { type Environment, platform } from "./environment.js";
import { Http } from "./http/http.js";
import { DEFAULT_POLICY, type RetryPolicy } from "./http/retry.js";
import { Outbox, type OutboxOptions } from "./outbox/outbox.js";
import { Session } from "./session/session.js";
import { MemoryTokenStore, type TokenStore } from "./session/tokens.js";
import type { Channel } from "./socket/events.js";
import { BatonSocket, type SocketOptions } from "./socket/socket.js";

export interface BatonOptions {
  /** Where the API is, such as `https://baton.example/api`; a page of the same origin writes `/api`. */
  baseUrl: string;
  /**
   * Where sockets are, if not at `baseUrl` with `ws:` or `wss:` and `/v1/ws/{channel}`. `{channel}` stands for the channel;
   * API Gateway's own address has no paths, and there the role decides.
   */
  socketUrl?: string;
  /** Where tokens are kept; in memory unless given. */
  tokens?: TokenStore;
  retry?: Partial<RetryPolicy>;
  /** Replaces parts of the platform, in tests for instance. */
  environment?: Partial<Environment>;
}

/** A client of one Baton server, for one signed-in person. */
export class Baton {
  readonly session: Session;
  readonly api: Api;
  readonly #environment: Environment;
  readonly #socketUrl: string;

  constructor(options: BatonOptions) {
    const baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.#environment = { ...platform(), ...options.environment };
    const http = new Http(this.#environment, { ...DEFAULT_POLICY, ...options.retry });
    this.session = new Session(this.#environment, http, baseUrl, options.tokens ?? new MemoryTokenStore());
    this.api = new Api(this.#environment, http, this.session, baseUrl);
    this.#socketUrl = options.socketUrl ?? `${socketBaseOf(baseUrl)}/v1/ws/{channel}`;
  }

  /** Sign out here, and end all other sessions of the person. */
  async signOutEverywhere(signal?: AbortSignal): Promise<void> {
    try {
      await this.api.DELETE("/v1/me/sessions", { signal });
    } finally {
      await this.session.signOut(signal);
    }
  }

  /** Change the password of the signed-in person. All other sessions of the person end. */
  async changePassword(currentPassword: string, newPassword: string): Promise<void> {
    await this.api.POST("/v1/me/password", { body: { currentPassword, newPassword } });
    await this.session.passwordChanged();
  }

  /** Return a queue for events of the pick scanner. */
  outbox(options: OutboxOptions = {}): Outbox {
    return new Outbox(this.#environment, this.api, this.session, options);
  }

  /** Return a socket, which opens when its first event is waited for. */
  socket<C extends Channel>(channel: C, options: SocketOptions = {}): BatonSocket<C> {
    const url = this.#socketUrl.replace("{channel}", channel);
    return new BatonSocket(this.#environment, this.api, this.session, url, options);
  }
}

function socketBaseOf(baseUrl: string): string {
  const here = typeof location === "undefined" ? undefined : location.href;
  return new URL(baseUrl, here).href.replace(/^http/, "ws").replace(/\/+$/, "");
}
