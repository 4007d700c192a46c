import type { Call } from "./people";

/** Return a request as a command that a shell takes. `token` is a function that the stack writes to a file for shells. */
export function curlOf({ who, method, path, body, headers = {}, form }: Call, origin: string): string {
  const parts = [
    `curl -s${method === "GET" || (method === "POST" && (body ?? form) !== undefined) ? "" : ` -X ${method}`} ${quoted(`${origin}/api${path}`)}`,
    `-H "Authorization: Bearer $(token ${who})"`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
  ];
  if (body !== undefined) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`);
  if (form !== undefined) {
    parts.push(...Object.entries(form.fields).map(([name, value]) => `-F ${quoted(`${name}=${value}`)}`));
    parts.push(`-F ${quoted(`file=@infra/samples/${form.file.name}`)}`);
  }
  return parts.join(" \\\n  ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
