/** Typed requests: the paths, parameters, bodies and responses are those of the API description. */

import type { Environment } from "./environment.js";
import { ApiError } from "./errors.js";
import type { paths } from "./generated/openapi.js";
import type { Http, HttpRequest, HttpResponse } from "./http/http.js";
import type { Session } from "./session/session.js";
import type { Tokens } from "./session/tokens.js";

type Method = "get" | "put" | "post" | "patch" | "delete";

/** The paths that support a method. */
export type PathWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never;
}[keyof paths];

type Operation<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: infer Found } ? Found : never;

type Parameters<Op> = Op extends { parameters: infer Found } ? Omit<Found, "cookie"> : never;

/** The parameters that an operation has; the others are typed as `never` and are left out. */
type Used<T> = { [K in keyof T as [T[K]] extends [undefined] ? never : K]: T[K] };

type Required<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

type ParamsOption<T> = Required<T> extends never ? { params?: T } : { params: T };

type Content<T> = T extends { content: infer Found } ? Found : never;

/** JSON where there is JSON, a form for `multipart/form-data`. */
type Body<T> = T extends { "application/json": infer Found }
  ? Found
  : T extends { "multipart/form-data": object }
    ? FormData
    : never;

type BodyOption<Op> = Op extends { requestBody: infer Found }
  ? { body: Body<Content<Found>> }
  : Op extends { requestBody?: infer Found }
    ? [Exclude<Found, undefined>] extends [never]
      ? { body?: never }
      : { body?: Body<Content<Exclude<Found, undefined>>> }
    : { body?: never };

type Success = 200 | 201 | 202 | 204 | 207;

type Responses<Op> = Op extends { responses: infer Found } ? Found : never;

type DataOf<T> = T extends { content: infer Found }
  ? Found extends { "application/json": infer Json }
    ? Json
    : [Found] extends [undefined]
      ? undefined
      : string
  : undefined;

/** What an operation responds with when it succeeds. */
export type Data<P extends keyof paths, M extends Method> = {
  [S in keyof Responses<Operation<P, M>> & Success]: DataOf<Responses<Operation<P, M>>[S]>;
}[keyof Responses<Operation<P, M>> & Success];

/** The input of an operation, and how it is sent. */
export type Input<P extends keyof paths, M extends Method> = ParamsOption<Used<Parameters<Operation<P, M>>>> &
  BodyOption<Operation<P, M>> & {
    signal?: AbortSignal | undefined;
    /** False: give up after a lost response, as for a new API key, which would be made twice. */
    retry?: boolean;
    /** How long one try may take, for a photo on a slow line. */
    timeoutMs?: number;
  };

type Arguments<P extends keyof paths, M extends Method> =
  Required<Input<P, M>> extends never ? [input?: Input<P, M>] : [input: Input<P, M>];

/** A successful response. */
export interface ApiResponse<T> {
  data: T;
  status: number;
  /** The version of the entity, for `ifMatch`; null if the response has none. */
  version: number | null;
  /** Whether an earlier request with the same `Idempotency-Key` had done the work. */
  replayed: boolean;
  headers: Headers;
}

interface AnyInput {
  params?: {
    path?: Record<string, unknown>;
    query?: Record<string, unknown>;
    header?: Record<string, unknown>;
  };
  body?: unknown;
  signal?: AbortSignal | undefined;
  retry?: boolean;
  timeoutMs?: number;
}

/** Return the header that makes a change fail with `VERSION_CONFLICT` unless the version is still the current one. */
export function ifMatch(version: number): { "If-Match": string } {
  return { "If-Match": `"${version}"` };
}

export class Api {
  constructor(
    private readonly environment: Environment,
    private readonly http: Http,
    private readonly session: Session,
    private readonly baseUrl: string,
  ) {}

  GET<P extends PathWith<"get">>(path: P, ...input: Arguments<P, "get">): Promise<ApiResponse<Data<P, "get">>> {
    return this.#request("get", path, input[0]);
  }

  PUT<P extends PathWith<"put">>(path: P, ...input: Arguments<P, "put">): Promise<ApiResponse<Data<P, "put">>> {
    return this.#request("put", path, input[0]);
  }

  POST<P extends PathWith<"post">>(path: P, ...input: Arguments<P, "post">): Promise<ApiResponse<Data<P, "post">>> {
    return this.#request("post", path, input[0]);
  }

  PATCH<P extends PathWith<"patch">>(path: P, ...input: Arguments<P, "patch">): Promise<ApiResponse<Data<P, "patch">>> {
    return this.#request("patch", path, input[0]);
  }

  DELETE<P extends PathWith<"delete">>(
    path: P,
    ...input: Arguments<P, "delete">
  ): Promise<ApiResponse<Data<P, "delete">>> {
    return this.#request("delete", path, input[0]);
  }

  async #request<T>(method: Method, path: string, given: object | undefined): Promise<ApiResponse<T>> {
    const input: AnyInput = given ?? {};
    const response = await this.#authorized({
      method: method.toUpperCase(),
      url: this.baseUrl + addressOf(path, input.params?.path ?? {}, input.params?.query ?? {}),
      headers: this.#headers(method, input),
      repeatable: input.retry ?? true,
      signal: input.signal,
      timeoutMs: input.timeoutMs,
      ...contentOf(input.body),
    });
    return {
      data: (await decoded(response)) as T,
      status: response.status,
      version: versionOf(response.headers.get("ETag")),
      replayed: response.headers.get("Idempotent-Replayed") === "true",
      headers: response.headers,
    };
  }

  /** The key is made here, once for all tries, so a request that is sent again has one effect. */
  #headers(method: Method, input: AnyInput): Record<string, string> {
    const headers: Record<string, string> = method === "get" ? {} : { "Idempotency-Key": this.environment.uuid() };
    if (input.body !== undefined && !(input.body instanceof FormData)) headers["Content-Type"] = "application/json";
    for (const [name, value] of Object.entries(input.params?.header ?? {})) {
      if (value !== undefined) headers[name] = String(value);
    }
    return headers;
  }

  async #authorized(request: HttpRequest): Promise<HttpResponse> {
    const send = ({ accessToken }: Tokens): Promise<HttpResponse> =>
      this.http.send({ ...request, headers: { ...request.headers, Authorization: `Bearer ${accessToken}` } });
    const tokens = await this.session.validTokens(request.signal);
    try {
      return await send(tokens);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      return await send(await this.session.renew(tokens, request.signal));
    }
  }
}

function addressOf(path: string, values: Record<string, unknown>, query: Record<string, unknown>): string {
  const filled = path.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const value = values[name];
    // An empty value would name another path.
    if (value === undefined || value === "") throw new TypeError(`The path parameter ${name} is missing.`);
    return encodeURIComponent(String(value));
  });
  const search = searchOf(query).toString();
  return search === "" ? filled : `${filled}?${search}`;
}

function searchOf(query: Record<string, unknown>): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, given] of Object.entries(query)) {
    const values: unknown[] = Array.isArray(given) ? given : [given];
    for (const value of values) if (value !== undefined && value !== null) search.append(name, String(value));
  }
  return search;
}

/** A form's content type names its boundary, so the platform sets it. */
function contentOf(body: unknown): Pick<HttpRequest, "body"> {
  if (body === undefined) return {};
  return { body: body instanceof FormData ? body : JSON.stringify(body) };
}

async function decoded(response: HttpResponse): Promise<unknown> {
  if (response.body.size === 0) return undefined;
  const text = await response.body.text();
  return /[/+]json\b/.test(response.headers.get("Content-Type") ?? "") ? JSON.parse(text) : text;
}

function versionOf(etag: string | null): number | null {
  const digits = /^(?:W\/)?"?([0-9]{1,15})"?$/.exec(etag ?? "")?.[1];
  return digits === undefined ? null : Number(digits);
}
