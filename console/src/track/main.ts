/**
 * The public page of a tracking link: `/track#<token>`. The token stands behind the `#`, so browsers send it to no server but
 * the API: neither to the one that has this page nor, as a referrer, to another.
 */

import type { TrackedOrder } from "./texts";
import { ENDED, factsOf, hasEnded, INCOMPLETE, LOADING, type Message, messageOf, STEPS, stepOf } from "./texts";

const POLL_MS = 5_000;
const RETRY_MS = 10_000;

let timer = 0;
let etag: string | null = null;
let shown: TrackedOrder | null = null;

function part(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no ${id}.`);
  return element;
}

function say({ status, hint = "" }: Message): void {
  // The text is set only if it changes, so that screen readers say it once.
  for (const [id, text] of Object.entries({ status, hint }))
    if (part(id).textContent !== text) part(id).textContent = text;
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function showOrder(order: TrackedOrder): void {
  shown = order;
  say(messageOf(order));
  const present = stepOf(order);
  part("steps").hidden = present < 0;
  part("steps").replaceChildren(
    ...STEPS.map(({ name }, index) => {
      const item = element("li", name);
      item.classList.toggle("reached", index <= present);
      if (index === present) item.setAttribute("aria-current", "step");
      return item;
    }),
  );
  part("facts").replaceChildren(
    ...factsOf(order, new Date()).flatMap((fact) => [element("dt", fact.name), description(fact)]),
  );
}

function description({ text, href, isLarge = false }: ReturnType<typeof factsOf>[number]): HTMLElement {
  const value = element("dd", href === undefined ? text : "");
  value.classList.toggle("large", isLarge);
  if (href !== undefined) {
    const link = Object.assign(document.createElement("a"), { href, target: "_blank", rel: "noopener noreferrer" });
    link.textContent = text;
    value.append(link);
  }
  return value;
}

function end(message: Message): void {
  shown = null;
  say(message);
  part("steps").hidden = true;
  part("facts").replaceChildren();
}

/** Ask for the order; return after how many milliseconds to ask again, or null for never. */
async function load(token: string): Promise<number | null> {
  const response = await fetch(`/api/v1/track/${encodeURIComponent(token)}`, {
    headers: etag === null ? {} : { "If-None-Match": etag },
    cache: "no-store",
    referrerPolicy: "no-referrer",
  });
  if (response.status === 404) {
    end(ENDED);
    return null;
  }
  if (response.status === 200) {
    etag = response.headers.get("ETag");
    showOrder((await response.json()) as TrackedOrder);
  } else if (response.status === 304 && shown !== null) {
    showOrder(shown);
  } else {
    throw new Error(`The response was ${response.status}.`);
  }
  return shown !== null && hasEnded(shown) ? null : POLL_MS;
}

async function poll(token: string): Promise<void> {
  window.clearTimeout(timer);
  const wait = await load(token).then(
    (next) => {
      part("connection").hidden = true;
      return next;
    },
    () => {
      part("connection").hidden = false;
      return RETRY_MS;
    },
  );
  if (wait !== null && document.visibilityState === "visible") timer = window.setTimeout(() => void poll(token), wait);
}

function start(): void {
  const token = decodeURIComponent(window.location.hash.slice(1));
  if (token === "") {
    end(INCOMPLETE);
    return;
  }
  say(LOADING);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void poll(token);
  });
  void poll(token);
}

// Another link that is opened in the same tab changes only what stands behind the `#`.
window.addEventListener("hashchange", () => window.location.reload());
start();
