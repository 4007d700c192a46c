/** The demo people, as other clients of the API: each has tokens of their own, in the memory of this page only. */

const API = "/api";

export interface Call {
  who: string;
  method: "GET" | "POST" | "PATCH";
  path: string;
  body?: object;
  headers?: Readonly<Record<string, string>>;
  /** A form with a file, instead of a JSON body. */
  form?: { fields: Readonly<Record<string, string>>; file: { name: string; content: Blob } };
}

export interface Answer {
  status: number;
  /** The body, or null if it is empty. */
  body: unknown;
  milliseconds: number;
}

interface Tokens {
  accessToken: string;
  refreshToken: string;
  userId: string;
}

/** A person could not be signed in. */
export class SignInFailed extends Error {}

export class People {
  readonly #tokens = new Map<string, Promise<Tokens>>();

  constructor(private readonly password: string) {}

  /** Return a person's user id. Raise `SignInFailed` if the password is wrong. */
  async idOf(who: string): Promise<string> {
    return (await this.#signedIn(who)).userId;
  }

  /** Send a request as a person, who is signed in first. Refusals are answers, too. */
  async send({ who, method, path, body, headers = {}, form }: Call): Promise<Answer> {
    const { accessToken } = await this.#signedIn(who);
    return await request(path, {
      method,
      headers: {
        ...headers,
        Authorization: `Bearer ${accessToken}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: form === undefined ? (body === undefined ? null : JSON.stringify(body)) : formData(form),
    });
  }

  /** End the sessions that were made here. */
  async signOut(): Promise<void> {
    const kept = await Promise.allSettled(this.#tokens.values());
    this.#tokens.clear();
    await Promise.allSettled(
      kept.map((one) => (one.status === "fulfilled" ? endSession(one.value) : Promise.resolve(undefined))),
    );
  }

  #signedIn(who: string): Promise<Tokens> {
    const known = this.#tokens.get(who) ?? signIn(who, this.password);
    this.#tokens.set(who, known);
    known.catch(() => this.#tokens.delete(who));
    return known;
  }
}

async function signIn(username: string, password: string): Promise<Tokens> {
  const { status, body } = await request("/v1/auth/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  if (status !== 200) throw new SignInFailed(username);
  return body as Tokens;
}

async function endSession({ accessToken, refreshToken }: Tokens): Promise<Answer> {
  return await request("/v1/auth/logout", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ refreshToken }),
  });
}

async function request(path: string, init: RequestInit): Promise<Answer> {
  const begin = performance.now();
  const response = await fetch(`${API}${path}`, { ...init, credentials: "omit" });
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? null : parsed(text),
    milliseconds: Math.round(performance.now() - begin),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function formData({ fields, file }: NonNullable<Call["form"]>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("file", file.content, file.name);
  return form;
}
