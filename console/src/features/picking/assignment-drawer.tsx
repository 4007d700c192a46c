import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Can } from "~/app/me";
import { Copyable } from "~/components/copyable";
import { DateTime } from "~/components/date-time";
import { DetailDrawer, DrawerSection } from "~/components/detail-drawer";
import { ErrorNote } from "~/components/error-note";
import { KeyValueList } from "~/components/key-value-list";
import { ProgressBar } from "~/components/progress-bar";
import { StatusBadge } from "~/components/status-badge";
import { Timeline } from "~/components/timeline";
import { AssignmentActions } from "./assignment-actions";
import { labelOf } from "./assignment-cells";
import { LineTable } from "./line-table";
import { READ_LINES } from "./permissions";
import { PickerTable } from "./picker-table";
import styles from "./picking.module.css";
import { type AssignmentDetail, assignmentQuery } from "./queries";
import { ASSIGNMENT_STATES } from "./states";
import { texts } from "./texts";

interface AssignmentDrawerProps {
  assignmentId: string | null;
  onClose: () => void;
}

/** Everything about one assignment. */
export function AssignmentDrawer({ assignmentId, onClose }: AssignmentDrawerProps) {
  const query = useQuery({ ...assignmentQuery(assignmentId ?? ""), enabled: assignmentId !== null });
  const { data: assignment, error, refetch } = query;
  return (
    <DetailDrawer
      opened={assignmentId !== null}
      onClose={onClose}
      title={assignment === undefined ? texts.detail.unnamed : texts.detail.title(labelOf(assignment))}
      badge={assignment && <StatusBadge state={assignment.status} states={ASSIGNMENT_STATES} />}
    >
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {assignment !== undefined && <Detail assignment={assignment} />}
      {assignment === undefined && error === null && <Skeleton height={220} radius="md" />}
    </DetailDrawer>
  );
}

function Detail({ assignment }: { assignment: AssignmentDetail }) {
  const { detail } = texts;
  return (
    <>
      <AssignmentActions assignment={assignment} />
      <DrawerSection title={detail.progress}>
        <ProgressBar done={assignment.picked_qty} total={assignment.qty} unit={texts.columns.units.toLowerCase()} />
      </DrawerSection>
      <Can permission={READ_LINES}>
        <DrawerSection title={texts.lines.title}>
          <LineTable assignment={assignment} />
        </DrawerSection>
      </Can>
      <DrawerSection title={detail.pickers}>
        <PickerTable pickers={assignment.pickers} />
      </DrawerSection>
      <DrawerSection title={detail.log}>
        <Log assignment={assignment} />
      </DrawerSection>
      <DrawerSection title={detail.assignment}>
        <Facts assignment={assignment} />
      </DrawerSection>
    </>
  );
}

function Log({ assignment: { log } }: { assignment: AssignmentDetail }) {
  if (log.length === 0) return <p className={styles.hint}>{texts.detail.noLog}</p>;
  const entries = log.map(({ at, message, level }, index) => ({
    key: `${at} ${log.length - index}`,
    at,
    title: message,
    tone: level === "warning" ? ("warning" as const) : ("neutral" as const),
    ...(level === "warning" ? { actor: texts.detail.warning } : {}),
  }));
  return (
    <>
      <Timeline entries={entries} label={texts.detail.log} />
      {log.length >= LOG_LIMIT && <p className={styles.hint}>{texts.detail.logHint}</p>}
    </>
  );
}

const LOG_LIMIT = 20;

function Facts({ assignment }: { assignment: AssignmentDetail }) {
  const { detail, columns } = texts;
  const { breaks, wraps, delays } = assignment;
  return (
    <KeyValueList
      items={[
        { label: detail.reason, value: assignment.close_reason },
        { label: detail.customer, value: assignment.customer },
        { label: columns.role, value: texts.roles[assignment.role] },
        { label: columns.zone, value: assignment.zone || null },
        { label: columns.route, value: assignment.route || null },
        { label: detail.locations, value: <span className="numbers">{assignment.locations}</span> },
        { label: detail.priority, value: detail.priorityHint(assignment.priority) },
        { label: detail.shared, value: assignment.shared ? detail.sharedHint : null },
        { label: detail.interruptions, value: detail.counts(breaks, wraps, delays) },
        { label: detail.started, value: assignment.started_at && <DateTime value={assignment.started_at} /> },
        { label: detail.imported, value: <DateTime value={assignment.created_at} /> },
        { label: detail.updated, value: <DateTime value={assignment.updated_at} /> },
        { label: detail.id, value: <Copyable text={assignment.assignment_id} /> },
      ]}
    />
  );
}
