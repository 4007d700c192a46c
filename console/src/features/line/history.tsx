import type { TimelineEntry } from "~/components/timeline";
import { MeasurementList } from "./measurement-list";
import styles from "./page.module.css";
import type { Batch, Decision, ModuleDetail, PackDetail } from "./queries";
import { DISPOSITIONS } from "./states";
import { changeEntries } from "./steps/changes";
import { texts } from "./texts";

/** Return what happened to a pack, newest first. */
export function packHistory(pack: PackDetail, ownId: string): readonly TimelineEntry[] {
  const limits = pack.sku.limits ?? {};
  return newestFirst([
    { key: "created", at: pack.createdAt, title: texts.pack.created },
    ...boundTogether(pack.modules).map(({ at, count }) => ({
      key: `bound ${at}`,
      at,
      title: texts.pack.modulesBound(count),
      tone: "active" as const,
    })),
    ...sealed(pack.sealedAt),
    ...changeEntries(pack.changes, ownId),
    ...pack.dispositions.map((decision, index) => decided(decision, index, limits, ownId)),
  ]);
}

/** Return what happened to a module, newest first. */
export function moduleHistory(module: ModuleDetail, ownId: string): readonly TimelineEntry[] {
  return newestFirst([
    { key: "created", at: module.createdAt, title: texts.pack.created },
    ...boundTogether(module.cells).map(({ at, count }) => ({
      key: `bound ${at}`,
      at,
      title: texts.module.cellsBound(count),
      tone: "active" as const,
    })),
    ...sealed(module.sealedAt),
    ...changeEntries(module.changes, ownId),
  ]);
}

/** Return what happened to a batch, newest first. */
export function batchHistory({
  createdAt,
  startedAt,
  completedAt,
  voidedAt,
  voidReason,
}: Batch): readonly TimelineEntry[] {
  return newestFirst([
    { key: "created", at: createdAt, title: texts.batch.created },
    ...(startedAt === undefined
      ? []
      : [{ key: "started", at: startedAt, title: texts.fields.started, tone: "active" as const }]),
    ...(completedAt === undefined
      ? []
      : [{ key: "completed", at: completedAt, title: texts.fields.completed, tone: "good" as const }]),
    ...(voidedAt === undefined
      ? []
      : [
          {
            key: "voided",
            at: voidedAt,
            title: texts.states.VOID,
            tone: "bad" as const,
            more: <p className={styles.quote}>{voidReason}</p>,
          },
        ]),
  ]);
}

function decided(
  decision: Decision,
  index: number,
  limits: NonNullable<PackDetail["sku"]["limits"]>,
  ownId: string,
): TimelineEntry {
  const { disposition, decidedAt, decidedBy, decidedById, notes, measurements } = decision;
  const { label, tone } = DISPOSITIONS[disposition];
  return {
    key: `decided ${index}`,
    at: decidedAt,
    title: label,
    tone,
    actor: decidedById === ownId ? texts.pack.you : decidedBy,
    more: (
      <>
        {notes !== undefined && <p className={styles.quote}>{notes}</p>}
        {measurements !== undefined && (
          <MeasurementList label={texts.disposition.measurements} measurements={measurements} limits={limits} />
        )}
      </>
    ),
  };
}

function sealed(at: string | undefined): TimelineEntry[] {
  return at === undefined ? [] : [{ key: "sealed", at, title: texts.pack.packSealed, tone: "info" }];
}

/** Return how many parts were bound at each moment: one request may bind many. */
function boundTogether(parts: readonly { boundAt: string }[]): { at: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { boundAt } of parts) counts.set(boundAt, (counts.get(boundAt) ?? 0) + 1);
  return [...counts].map(([at, count]) => ({ at, count }));
}

/** Entries of the same moment stay in the order in which things happen. */
function newestFirst(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  return [...entries].sort((a, b) => a.at.localeCompare(b.at)).reverse();
}
