/** Says in plain words why the API refused a step of the line. */

import { ApiError } from "~/api/errors";
import { texts as line } from "../texts";
import { texts } from "./texts";

const words = texts.refused;

interface Link {
  to: string;
  label: string;
}

export interface Refusal {
  message: string;
  /** What is missing, or what is in the way. */
  points: readonly string[];
  /** Leads to what is in the way. */
  links: readonly Link[];
}

interface Use {
  serial: string;
  usedAs?: string;
  moduleId?: string;
  packId?: string;
}

/** Return why a step was refused, or null where the API's own sentence says it. */
export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof ApiError) || error.status !== 409) return null;
  const { code, details } = error;
  if (code === "VERSION_CONFLICT") return { message: words.changed, points: [], links: [] };
  if (code === "ENTITY_LOCKED") return { message: lockedText(details), points: [], links: [] };
  if (code === "DUPLICATE_SKU_CODE") return { message: words.skuCode, points: [], links: linksTo(details) };
  if (code === "ON_HOLD") {
    const holds = (details.holds ?? []) as readonly { kind: string; value: string; reason: string }[];
    return {
      message: words.onHold,
      points: holds.map(holdText),
      links: [{ to: "/line/holds", label: words.openHolds }],
    };
  }
  if (code === "DUPLICATE_SERIAL") {
    const uses = (details.duplicates ?? []) as readonly Use[];
    return { message: words.duplicate, points: uses.map(useText), links: uses.flatMap(linksTo) };
  }
  return code === "WORKFLOW_VIOLATION" ? stateRefusal(error) : null;
}

function stateRefusal({ message, details }: ApiError): Refusal | null {
  if (typeof details.state !== "string") return null;
  const missing = Array.isArray(details.missing) ? details.missing.map(String) : [];
  if (missing.length > 0) return { message: words.missing, points: missing.map(plain), links: linksOf(details) };
  return { message: words.state(kindIn(message), plain(details.state)), points: [], links: [] };
}

/** Return a sentence of the API with the names of states as the console shows them. */
export function plain(text: string): string {
  return text
    .replace(/\bis None\b/g, `is ${words.undecided}`)
    .replace(/\b[A-Z]+(?:_[A-Z]+)*\b/g, (name) => (name in line.states ? stateName(name) : name));
}

function stateName(name: string): string {
  return `“${line.states[name as keyof typeof line.states]}”`;
}

/** Return what a sentence of the API is about, such as "pack" in "Cannot ship a pack in state VOID." */
function kindIn(message: string): string {
  return /\ban? (\w+) in state\b/.exec(message)?.[1] ?? words.unit;
}

function lockedText({ state, action }: ApiError["details"]): string {
  if (action === "edit") return words.draftOnly;
  return state === "SEALED" ? words.sealedModule : words.sealedPack;
}

function holdText({ kind, value, reason }: { kind: string; value: string; reason: string }): string {
  return words.held(kind.toLowerCase(), value, reason);
}

function useText({ serial, usedAs }: Use): string {
  return usedAs === undefined ? words.elsewhere(serial) : words.usedAs(serial, usedAs.toLowerCase());
}

/** Return links to the packs that hold the modules which a step was about. */
function linksOf({ action, packId, modules }: ApiError["details"]): Link[] {
  const holders = Array.isArray(modules) ? (modules as readonly { packId?: string }[]).map((one) => one.packId) : [];
  const ids = new Set([...holders, action === "scrap" ? packId : undefined]);
  return [...ids].flatMap((id) => linkTo("packs", id, words.openPack));
}

/** Return links to what has a serial number or a code already. */
function linksTo({ packId, moduleId, skuId }: Omit<Use, "serial"> & { skuId?: unknown }): Link[] {
  return [
    ...linkTo("packs", packId, words.openPack),
    ...linkTo("modules", moduleId, words.openModule),
    ...linkTo("skus", skuId, words.openSku),
  ];
}

function linkTo(list: string, id: unknown, label: string): Link[] {
  return typeof id === "string" ? [{ to: `/line/${list}/${id}`, label }] : [];
}
