import { Progress as Bar, Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { isTransient } from "~/api/errors";
import { ErrorNote } from "~/components/error-note";
import { Panel } from "~/components/panel";
import { Badge, type States, StatusBadge } from "~/components/status-badge";
import { type CurrentImport, clearImport } from "./current";
import styles from "./imports.module.css";
import { RowErrors } from "./row-errors";
import type { Phase, Progress as Values } from "./run";
import { imports as texts } from "./texts";

const PHASES: States<Phase> = {
  running: { label: texts.run.phases.running, tone: "active" },
  paused: { label: texts.run.phases.paused, tone: "warning" },
  stopped: { label: texts.run.phases.stopped, tone: "neutral" },
  finished: { label: texts.run.phases.finished, tone: "good" },
};

/** How an import goes on, and what it rejected. */
export function ImportProgress({ current }: { current: CurrentImport }) {
  const { run, fileName } = current;
  const progress = useSyncExternalStore(run.subscribe, run.progress);
  const { phase, total, done } = progress;
  useRefresh(phase);
  return (
    <Panel title={texts.run.title(fileName)} actions={<StatusBadge state={phase} states={PHASES} />}>
      <div className={styles.progress}>
        <Bar.Root size="lg">
          <Bar.Section value={total === 0 ? 100 : (100 * done) / total} aria-label={texts.run.title(fileName)} />
        </Bar.Root>
        <p className={`${styles.counts} numbers`} role="status">
          {texts.run.progress(done, total)}
        </p>
        <Counts progress={progress} />
        <Problem progress={progress} />
        {phase === "running" && <p className={styles.note}>{texts.run.leave}</p>}
        {phase === "stopped" && <p className={styles.note}>{texts.run.stoppedText}</p>}
        <Buttons current={current} phase={phase} />
        <RowErrors errors={progress.errors} fileName={fileName} />
      </div>
    </Panel>
  );
}

function Counts({ progress }: { progress: Values }) {
  const rejected = new Set(progress.errors.map(({ line }) => line)).size;
  return (
    <p className={styles.badges}>
      <Badge tone="good">{texts.run.created(progress.created)}</Badge>
      <Badge tone="info">{texts.run.updated(progress.updated)}</Badge>
      <Badge tone={rejected > 0 ? "bad" : "neutral"}>{texts.run.rejected(rejected)}</Badge>
    </p>
  );
}

function Problem({ progress: { problem, phase } }: { progress: Values }) {
  if (problem === null) return null;
  if (phase === "running" && isTransient(problem)) {
    return (
      <p className={styles.note} role="status">
        {texts.run.waiting}
      </p>
    );
  }
  return <ErrorNote error={problem} />;
}

function Buttons({ current: { run }, phase }: { current: CurrentImport; phase: Phase }) {
  if (phase === "stopped" || phase === "finished") {
    return (
      <div className={styles.buttons}>
        <Button onClick={clearImport}>{texts.run.again}</Button>
      </div>
    );
  }
  return (
    <div className={styles.buttons}>
      {phase === "running" ? (
        <Button variant="default" onClick={() => run.pause()}>
          {texts.run.pause}
        </Button>
      ) : (
        <Button onClick={() => void run.resume()}>{texts.run.resume}</Button>
      )}
      <Button variant="default" c="var(--tone-bad)" onClick={() => run.stop()}>
        {texts.run.cancel}
      </Button>
    </div>
  );
}

/** What other pages have read is out of date once the import has ended. */
function useRefresh(phase: Phase): void {
  const client = useQueryClient();
  useEffect(() => {
    if (phase === "finished" || phase === "stopped") void client.invalidateQueries({ refetchType: "none" });
  }, [client, phase]);
}
