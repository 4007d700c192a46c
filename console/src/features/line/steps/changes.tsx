import type { Tone } from "~/components/status-badge";
import type { TimelineEntry } from "~/components/timeline";
import page from "../page.module.css";
import type { ModuleDetail } from "../queries";
import { texts as line } from "../texts";
import { texts } from "./texts";

type Change = ModuleDetail["changes"][number];

const TONES: Readonly<Record<Change["change"], Tone>> = {
  UNBOUND: "warning",
  LOT_CORRECTED: "warning",
  SCRAPPED: "bad",
  REWORKED: "warning",
  VOIDED: "bad",
  SHIPPED: "good",
  RETURNED: "warning",
};

/** Return the entries of a history about what was done with a module or pack; of rework also the seal before it. */
export function changeEntries(changes: readonly Change[], ownId: string): TimelineEntry[] {
  return changes.flatMap((change, index) => [
    ...(change.sealedAt === undefined
      ? []
      : [{ key: `sealed ${index}`, at: change.sealedAt, title: texts.sealedBefore, tone: "info" as const }]),
    {
      key: `change ${index}`,
      at: change.at,
      title: texts.changes[change.change],
      tone: TONES[change.change],
      ...(change.byId === ownId ? { actor: line.pack.you } : {}),
      more: <More change={change} />,
    },
  ]);
}

function More({ change: { change, serials = [], lot, reason, customer, order } }: { change: Change }) {
  return (
    <>
      {reason !== undefined && <p className={page.quote}>{reason}</p>}
      {customer !== undefined && <p className={page.quote}>{texts.shippedTo(customer, order)}</p>}
      {change === "VOIDED" && serials.length > 0 && <p className={page.note}>{texts.freed(serials.length)}</p>}
      {(change === "UNBOUND" || change === "LOT_CORRECTED") && (
        <p className={`code ${page.quote}`}>{[...serials, ...(lot === undefined ? [] : [lot])].join(", ")}</p>
      )}
    </>
  );
}
