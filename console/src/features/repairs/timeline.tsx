import { readable } from "~/components/status-badge";
import { Timeline } from "~/components/timeline";
import type { WorkOrderDetail } from "./queries";
import { type PhotoKind, toneOf } from "./states";
import { texts } from "./texts";

/** Actions that record something and leave the state. */
const RECORDS = /^(PHOTO|LABOUR|PART)_/;

type Entry = WorkOrderDetail["timeline"][number];

/** What happened to a work order, oldest first. */
export function OrderTimeline({ order }: { order: WorkOrderDetail }) {
  const entries = order.timeline.map((entry, index) => ({
    key: `${entry.at} ${index}`,
    at: entry.at,
    title: titleOf(entry),
    actor: entry.actor,
    tone: RECORDS.test(entry.action) ? ("neutral" as const) : toneOf(entry.state),
    more: moreOf(entry),
  }));
  return <Timeline entries={entries} label={texts.detail.timeline} />;
}

/** Return what was done, with the technician where that is what it was about. */
export function titleOf({ action, technician }: Entry): string {
  const title = (texts.timeline as Readonly<Record<string, unknown>>)[action];
  const text = typeof title === "string" ? title : readable(action);
  const names = action === "ASSIGNED" || action === "REASSIGNED";
  return names && technician !== null ? texts.timeline.to(text, technician) : text;
}

function moreOf({ action, note }: Entry): string | undefined {
  if (note === null) return undefined;
  return action.startsWith("PHOTO_") ? (texts.photo.kinds[note as PhotoKind] ?? note) : note;
}
