// How a TypeScript client signs in, stays signed in and repeats requests. Give `session.fetch` to openapi-fetch.
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const ATTEMPTS = 5;
const CHANGES = ["POST", "PATCH", "PUT", "DELETE"];

export class Session {
  readonly userId: string;
  private refreshing: Promise<void> | undefined;

  private constructor(
    private readonly url: string,
    private tokens: { accessToken: string; refreshToken: string; userId: string },
  ) {
    this.userId = tokens.userId;
  }

  static async signIn(url: string, username: string, password: string): Promise<Session> {
    const { data, error } = await createClient<paths>({ baseUrl: url }).POST("/v1/auth/login", {
      body: { username, password },
    });
    if (!data) throw new Error(`cannot sign in: ${error?.error.code}`);
    return new Session(url, data);
  }

  get api() {
    return createClient<paths>({ baseUrl: this.url, fetch: this.fetch });
  }

  /** Acts as if the access token had expired. */
  expire(): void {
    this.tokens = { ...this.tokens, accessToken: "expired" };
  }

  /** Sends a request with the access token; refreshes it and sends once more if the response is 401. */
  fetch = async (request: Request): Promise<Response> => {
    // One key for all attempts: whatever was lost, the change is made once.
    if (CHANGES.includes(request.method) && !request.headers.has("Idempotency-Key"))
      request.headers.set("Idempotency-Key", crypto.randomUUID());
    const { accessToken } = this.tokens;
    const response = await this.repeat(request, accessToken);
    if (response.status !== 401) return response;
    await this.refresh(accessToken);
    return this.repeat(request, this.tokens.accessToken);
  };

  /** Repeats a request after a lost connection, 429 and 503, at growing intervals. */
  private async repeat(request: Request, accessToken: string): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const copy = request.clone();
      copy.headers.set("Authorization", `Bearer ${accessToken}`);
      const response = await fetch(copy).catch((error: unknown) => {
        if (attempt === ATTEMPTS) throw error;
      });
      if (response && ((response.status !== 429 && response.status !== 503) || attempt === ATTEMPTS)) return response;
      const seconds = Number(response?.headers.get("Retry-After") ?? 0) + 2 ** (attempt - 1) * Math.random();
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }

  /** Replaces the tokens, unless another request has done so meanwhile. Requests that need it share one refresh. */
  private async refresh(refused: string): Promise<void> {
    if (this.tokens.accessToken !== refused) return;
    this.refreshing ??= this.replaceTokens().finally(() => (this.refreshing = undefined));
    await this.refreshing;
  }

  private async replaceTokens(): Promise<void> {
    const { data } = await createClient<paths>({ baseUrl: this.url }).POST("/v1/auth/refresh", {
      body: { refreshToken: this.tokens.refreshToken },
    });
    if (!data) throw new Error("the session has ended; sign in again");
    this.tokens = data;
  }
}
