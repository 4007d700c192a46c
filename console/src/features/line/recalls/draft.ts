import type { Schema } from "~/api/schema";

/** What a new case was described with so far. */
export interface RecallDraft {
  lots: string;
  serials: string;
  from: string;
  to: string;
}

export const EMPTY: RecallDraft = { lots: "", serials: "", from: "", to: "" };

/** Return the body of a new case; null if it names nothing. Names stand on lines of their own, times are local. */
export function bodyOf(draft: RecallDraft, reason: string): Schema<"OpenRecall"> | null {
  const lots = linesOf(draft.lots);
  const serials = linesOf(draft.serials);
  if (lots.length === 0 && serials.length === 0) return null;
  return {
    reason,
    lots,
    serials,
    ...(draft.from === "" ? {} : { from: new Date(draft.from).toISOString() }),
    ...(draft.to === "" ? {} : { to: endOf(draft.to) }),
  };
}

function linesOf(text: string): string[] {
  return [...new Set(text.split("\n").map((line) => line.trim()))].filter((line) => line !== "");
}

/** The end of the minute that was chosen, since bindings have seconds. */
function endOf(minute: string): string {
  return new Date(new Date(minute).getTime() + 59_999).toISOString();
}
