/** The API as other people of a flow use it, beside the console: a courier, a customer, a technician. */

import { PASSWORD } from "./stack";

export interface Person {
  id: string;
  /** Send JSON, or a form such as a photo's. */
  call<T>(method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<T>;
}

/** Sign in to the API, and return a person who calls it. */
export async function person(url: string, username: string): Promise<Person> {
  const login = await request<{ accessToken: string; userId: string }>(url, "POST", "/v1/auth/login", {
    body: { username, password: PASSWORD },
  });
  return {
    id: login.userId,
    call: (method, path, body, headers = {}) => request(url, method, path, { body, headers, token: login.accessToken }),
  };
}

interface Options {
  body?: object | undefined;
  token?: string;
  headers?: Readonly<Record<string, string>>;
}

async function request<T>(url: string, method: string, path: string, options: Options): Promise<T> {
  const { body, token, headers = {} } = options;
  const isJson = body !== undefined && !(body instanceof FormData);
  const response = await fetch(`${url}/api${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(isJson ? { "Content-Type": "application/json" } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
