const MOST = 200;

interface Kept {
  etag: string;
  body: string;
  headers: [string, string][];
}

/** Keeps the newest response of each address that sent an `ETag`, so that the next request can be answered by 304. */
export class EtagCache {
  readonly #kept = new Map<string, Kept>();

  etagOf(url: string): string | null {
    return this.#kept.get(url)?.etag ?? null;
  }

  /** Return the response to use: the kept one for 304, and otherwise the given one, which is kept. */
  async resolve(url: string, response: Response): Promise<Response> {
    const kept = this.#kept.get(url);
    if (response.status === 304 && kept !== undefined) {
      return new Response(kept.body, { status: 200, headers: kept.headers });
    }
    const etag = response.headers.get("ETag");
    if (response.status === 200 && etag !== null) await this.#keep(url, etag, response.clone());
    return response;
  }

  clear(): void {
    this.#kept.clear();
  }

  async #keep(url: string, etag: string, response: Response): Promise<void> {
    this.#kept.delete(url);
    this.#kept.set(url, { etag, body: await response.text(), headers: [...response.headers] });
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > MOST && !oldest.done) this.#kept.delete(oldest.value);
  }
}
