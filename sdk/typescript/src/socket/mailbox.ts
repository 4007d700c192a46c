/** The events that have arrived and are not yet dealt with, each id once. Live events have no id. */

/** The server keeps 500 events per person, so it repeats no older one. */
const REMEMBERED = 1_000;

export class Mailbox<T extends { id?: number | undefined }> {
  readonly #seen = new Set<number>();
  readonly #waiting: T[] = [];
  #newest: number | undefined;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(after: number | undefined) {
    this.#newest = after;
  }

  /** The id of the newest event that has arrived: a new connection continues after it. */
  get newest(): number | undefined {
    return this.#newest;
  }

  /** Add an event, unless it has arrived before. */
  put(event: T): void {
    if (event.id !== undefined && !this.#isNew(event.id)) return;
    this.#waiting.push(event);
    this.#wake();
  }

  #isNew(id: number): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    if (this.#seen.size > REMEMBERED) {
      for (const oldest of this.#seen) {
        this.#seen.delete(oldest);
        break;
      }
    }
    this.#newest = Math.max(this.#newest ?? 0, id);
    return true;
  }

  /** Let `take` return null: at once if what waits is dropped, else once everything has been taken. */
  end(drop: boolean): void {
    this.#ended = true;
    if (drop) this.#waiting.length = 0;
    this.#wake();
  }

  /** Return the next event as soon as there is one, or null after the end. */
  async take(): Promise<T | null> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) return next;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
