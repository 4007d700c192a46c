/** A line to the server that tests can cut: after the server has done the work, but before its answer arrives. */

import { connect, createServer, type Server, type Socket } from "node:net";

/** Decides by the first line of a request, such as `POST /api/events/batch HTTP/1.1`, whether its answer is lost. */
export type Cut = (requestLine: string) => boolean;

const REQUEST_LINE = /^([A-Z]+ \S+) HTTP\/1\.1\r$/gm;

export class Line {
  /** What clients asked for through this line: method and path. */
  readonly requests: string[] = [];
  /** How many answers were lost. */
  lost = 0;
  cut: Cut = () => false;
  /** No connection is accepted while this is true. */
  down = false;
  /** Bytes are taken and nothing is forwarded or closed while this is true, as on a dead radio link. */
  silent = false;
  readonly #pairs = new Set<[Socket, Socket]>();
  readonly #server: Server;

  private constructor(private readonly target: number) {
    this.#server = createServer((near) => this.#accept(near));
  }

  static async to(port: number): Promise<Line> {
    const line = new Line(port);
    await new Promise<void>((resolve) => line.#server.listen(0, "127.0.0.1", resolve));
    return line;
  }

  /** The base URL of the API through this line. */
  get base(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The line is closed.");
    return `http://127.0.0.1:${address.port}/api`;
  }

  /** Return how often a path was asked for with a method. */
  count(request: string): number {
    return this.requests.filter((asked) => asked === request).length;
  }

  /** Cut all connections that are open now. */
  drop(): void {
    for (const [near, far] of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  async close(): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(near: Socket): void {
    if (this.down) {
      near.destroy();
      return;
    }
    const far = connect(this.target, "127.0.0.1");
    const pair: [Socket, Socket] = [near, far];
    this.#pairs.add(pair);
    let losing = false;
    let dead = false; // for good, since what was swallowed is missing
    near.on("data", (data) => {
      dead ||= this.silent;
      if (dead) return;
      losing = this.#note(data) || losing;
      far.write(data);
    });
    far.on("data", (data) => {
      dead ||= this.silent;
      if (dead) return;
      if (losing) {
        this.lost += 1;
        near.destroy();
        return;
      }
      near.write(data);
    });
    this.#endTogether(pair);
  }

  /** Note the requests in some bytes, and return whether the answer is lost. Request lines stand at the start of lines. */
  #note(data: Buffer): boolean {
    const asked = [...data.toString("latin1").matchAll(REQUEST_LINE)].map((found) => found[1] ?? "");
    this.requests.push(...asked.map((request) => request.replace(/\?.*/, "")));
    return asked.filter((request) => this.cut(request)).length > 0;
  }

  #endTogether(pair: [Socket, Socket]): void {
    for (const [index, end] of pair.entries()) {
      const other = pair[1 - index];
      end.on("error", () => undefined);
      end.on("close", () => {
        this.#pairs.delete(pair);
        if (!this.silent) other?.destroy();
      });
    }
  }
}
