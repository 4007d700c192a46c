import { api } from "~/api/client";

interface EpcisDocument {
  epcisBody: { eventList: unknown[] };
}

// Numbers are kept digit for digit: they are text while documents are put together. No text of the API has a NUL.
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
const KEPT = /"\\u0000(-?\d[\d.eE+-]*)"/g;

/** Read the whole history of a serial number. A long one comes in several documents, which are put together. */
export async function readHistory(serial: string): Promise<{ text: string; events: number }> {
  const documents: EpcisDocument[] = [];
  let token: string | undefined;
  do {
    const query = token === undefined ? {} : { nextPageToken: token };
    const params = { path: { serial }, query };
    const { data, response } = await api.GET("/v1/trace/{serial}/export", { params, parseAs: "text" });
    documents.push(parse(String(data)));
    token = nextToken(response.headers.get("Link"));
  } while (token !== undefined);
  return joined(documents);
}

/** Return the documents as one; all of them have the same context. */
export function joined(documents: readonly EpcisDocument[]): { text: string; events: number } {
  const eventList = documents.flatMap((document) => document.epcisBody.eventList);
  const document = { ...documents[0], epcisBody: { ...documents[0]?.epcisBody, eventList } };
  return { text: JSON.stringify(document, null, 2).replace(KEPT, "$1"), events: eventList.length };
}

export function parse(text: string): EpcisDocument {
  const kept = text.replace(TOKENS, (token) => (token.startsWith('"') ? token : `"\\u0000${token}"`));
  return JSON.parse(kept) as EpcisDocument;
}

/** Return the token of the next document from the `Link` header: `<...?nextPageToken=...>; rel="next"`. */
export function nextToken(link: string | null): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*rel="?next"?/.exec(link ?? "")?.[1];
  if (target === undefined) return undefined;
  return new URL(target, "http://localhost").searchParams.get("nextPageToken") ?? undefined;
}
