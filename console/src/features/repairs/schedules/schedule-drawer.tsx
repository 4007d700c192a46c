import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useCommand } from "~/api/queries";
import { useCan } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { TimeAgo } from "~/components/date-time";
import { DetailDrawer, DrawerSection } from "~/components/detail-drawer";
import { ErrorNote } from "~/components/error-note";
import { KeyValueList } from "~/components/key-value-list";
import { StatusBadge } from "~/components/status-badge";
import { toast } from "~/components/toast";
import { PriorityBadge } from "../due";
import { MANAGE_SCHEDULES } from "../permissions";
import styles from "./calendar.module.css";
import { changeSchedule, deleteSchedule, keys, previewQuery, type Schedule, scheduleQuery } from "./queries";
import { ruleText } from "./rules";
import { EditSchedule } from "./schedule-form";
import { STATES, stateOf } from "./states";
import { texts } from "./texts";
import { longDate } from "./weeks";

interface ScheduleDrawerProps {
  scheduleId: string | null;
  onClose: () => void;
}

/** Everything about one schedule: its rule, its coming occurrences, and what the person can do with it. */
export function ScheduleDrawer({ scheduleId, onClose }: ScheduleDrawerProps) {
  const { data, error, refetch } = useQuery({ ...scheduleQuery(scheduleId ?? ""), enabled: scheduleId !== null });
  const canManage = useCan()(MANAGE_SCHEDULES);
  return (
    <DetailDrawer
      opened={scheduleId !== null}
      onClose={onClose}
      title={data?.itemText ?? ""}
      badge={data === undefined ? undefined : <StatusBadge state={stateOf(data)} states={STATES} />}
    >
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {data !== undefined && canManage && <Actions key={data.id} schedule={data} onDeleted={onClose} />}
      {data !== undefined && <Detail schedule={data} />}
      {data === undefined && error === null && <Skeleton height={220} radius="md" />}
    </DetailDrawer>
  );
}

function Actions({ schedule, onDeleted }: { schedule: Schedule; onDeleted: () => void }) {
  const [dialog, setDialog] = useState<"edit" | "remove" | null>(null);
  const pause = useCommand({
    send: changeSchedule,
    invalidates: [keys.schedules],
    onSuccess: ({ paused, itemText }) => toast.success(paused ? texts.paused(itemText) : texts.resumed(itemText)),
  });
  const remove = useCommand<unknown, Pick<Schedule, "id" | "version">>({
    send: deleteSchedule,
    invalidates: [[...keys.schedules, "list"]],
    onSuccess: () => {
      toast.success(texts.remove.done);
      onDeleted();
    },
  });
  const { id, version, paused } = schedule;
  return (
    <>
      <div className={styles.actions}>
        <Button onClick={() => setDialog("edit")}>{texts.actions.edit}</Button>
        <Button
          variant="default"
          loading={pause.isPending}
          onClick={() => pause.mutate({ id, version, body: { paused: !paused } })}
        >
          {paused ? texts.actions.resume : texts.actions.pause}
        </Button>
        <Button variant="default" onClick={() => setDialog("remove")}>
          {texts.actions.remove}
        </Button>
      </div>
      <ErrorNote error={pause.error} />
      {dialog === "edit" && <EditSchedule schedule={schedule} onClose={() => setDialog(null)} />}
      <ConfirmWithReason
        opened={dialog === "remove"}
        onClose={() => setDialog(null)}
        title={texts.remove.title(schedule.itemText)}
        text={texts.remove.text}
        action={texts.actions.remove}
        danger
        reason="none"
        draft={`repairs.schedules.delete:${id}`}
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutateAsync({ id, version })}
      />
    </>
  );
}

function Detail({ schedule }: { schedule: Schedule }) {
  const { detail } = texts;
  return (
    <>
      <KeyValueList
        items={[
          { label: detail.stopped, value: schedule.pausedReason },
          { label: detail.rule, value: <span title={schedule.rrule}>{ruleText(schedule.rrule)}</span> },
          { label: detail.startsOn, value: longDate(schedule.startsOn) },
          { label: detail.at, value: detail.atValue(schedule.at, schedule.timezone) },
          { label: detail.lead, value: detail.leadValue(schedule.leadDays) },
          { label: detail.priority, value: <PriorityBadge priority={schedule.priority} /> },
          { label: detail.instructions, value: schedule.instructions },
          { label: detail.ride, value: schedule.ride },
          { label: detail.zone, value: schedule.gameZone },
          { label: detail.checklist, value: schedule.checklist },
          { label: detail.createdBy, value: schedule.createdBy },
        ]}
      />
      <DrawerSection title={detail.preview(schedule.paused)}>
        <Preview id={schedule.id} label={detail.preview(schedule.paused)} />
      </DrawerSection>
    </>
  );
}

function Preview({ id, label }: { id: string; label: string }) {
  const { data, error, refetch } = useQuery(previewQuery(id, 10));
  if (data === undefined && error === null) return <Skeleton height={120} radius="md" />;
  if (data?.occurrences.length === 0) return <p>{texts.detail.noPreview}</p>;
  return (
    <>
      <ErrorNote error={error} onRetry={() => void refetch()} />
      <ol className={styles.preview} aria-label={label}>
        {data?.occurrences.map(({ date, at }) => (
          <li key={date}>
            {longDate(date)} · <TimeAgo value={at} />
          </li>
        ))}
      </ol>
    </>
  );
}
