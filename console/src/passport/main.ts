/**
 * The public page of a battery passport: `/passport#<token>`. The token stands behind the `#`, so browsers send it to no server
 * but the API.
 */

import type { Schema } from "~/api/schema";
import { INCOMPLETE, LOADING, type Message, UNKNOWN, UNREACHABLE } from "./texts";
import { grouped, groupTitle, linkOf, valueText } from "./values";

type Passport = Schema<"PassportView">;
type Entry = Passport["attributes"][number];

function part(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no ${id}.`);
  return element;
}

function say({ status, hint = "" }: Message): void {
  part("status").textContent = status;
  part("hint").textContent = hint;
}

function element(name: string, ...content: (string | Node)[]): HTMLElement {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

function shown({ value }: Entry): string | Node {
  const href = linkOf(value);
  if (href === null) return valueText(value);
  const link = Object.assign(document.createElement("a"), { href, rel: "noopener noreferrer" });
  link.textContent = href;
  return link;
}

function showPassport({ serial, attributes }: Passport): void {
  const model = attributes.find(({ name }) => name === "model");
  say({ status: model === undefined ? serial : `${valueText(model.value)}, ${serial}` });
  part("groups").replaceChildren(
    ...grouped(attributes).map(([group, entries]) =>
      element(
        "section",
        element("h2", groupTitle(group)),
        element("dl", ...entries.flatMap((entry) => [element("dt", entry.title), element("dd", shown(entry))])),
      ),
    ),
  );
}

async function load(token: string): Promise<void> {
  const response = await fetch(`/api/v1/passports/${encodeURIComponent(token)}`, { referrerPolicy: "no-referrer" });
  if (response.status === 404) say(UNKNOWN);
  else if (response.ok) showPassport(((await response.json()) as Schema<"PassportViewEnvelope">).data);
  else throw new Error(`The response was ${response.status}.`);
}

function start(): void {
  const token = window.location.hash.slice(1);
  if (token === "") {
    say(INCOMPLETE);
    return;
  }
  say(LOADING);
  load(token).catch(() => say(UNREACHABLE));
}

// Another address that is opened in the same tab changes only what stands behind the `#`.
window.addEventListener("hashchange", () => window.location.reload());
start();
