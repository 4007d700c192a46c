import { Button, Modal, Text, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { ApiError, fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import { useDraft } from "~/app/drafts";
import { ErrorNote, messageOf } from "~/components/error-note";
import { toast } from "~/components/toast";
import { common } from "~/texts/common";
import { checklistQuery } from "../queries";
import styles from "./calendar.module.css";
import { changeSchedule, createSchedule, keys, type Schedule, scheduleQuery } from "./queries";
import { ScheduleFields } from "./schedule-fields";
import { texts } from "./texts";
import { changeOf, createOf, EMPTY, missingOf, type Values, valuesOf } from "./values";

const SHOWN = [
  "checklistRef",
  "itemRef",
  "rrule",
  "timezone",
  "leadDays",
  "priority",
  "instructions",
  "startsOn",
  "at",
];

interface CreateScheduleProps {
  onClose: () => void;
  onCreated: (id: string) => void;
}

/** Makes a schedule of an item of a checklist, which is found by its ref. */
export function CreateSchedule({ onClose, onCreated }: CreateScheduleProps) {
  const draft = useDraft("repairs.schedules.new", EMPTY);
  const values = draft.value;
  const [tried, setTried] = useState(false);
  const checklist = useQuery({ ...checklistQuery(values.found), enabled: values.found !== "" });
  const isAbsent = checklist.error instanceof ApiError && checklist.error.status === 404;
  const create = useCommand({
    send: createSchedule,
    invalidates: [keys.schedules],
    onSuccess: ({ id }) => {
      draft.clear();
      toast.success(texts.form.created);
      onCreated(id);
    },
  });

  function find(): void {
    const ref = values.ref.trim();
    setTried(ref === "");
    if (ref === values.found) void checklist.refetch();
    else draft.change({ found: ref, itemRef: "" });
  }

  function submit(): void {
    const found = values.ref.trim() === values.found ? checklist.data : undefined;
    if (found === undefined) {
      find();
      return;
    }
    setTried(true);
    if (missingOf(values).length === 0) create.mutate(createOf(values, found.rideCode));
  }

  return (
    <FormModal
      title={texts.form.create}
      action={texts.form.create_action}
      pending={create.isPending}
      error={create.error}
      onClose={onClose}
      onSubmit={submit}
    >
      <div className={styles.finder}>
        <TextInput
          label={texts.form.checklist}
          description={texts.form.checklistHint}
          required
          data-autofocus
          value={values.ref}
          error={isAbsent ? messageOf(checklist.error) : tried && values.ref.trim() === "" && texts.form.missing}
          onChange={(event) => draft.change({ ref: event.currentTarget.value })}
        />
        <Button variant="default" loading={checklist.isFetching} onClick={find}>
          {texts.form.find}
        </Button>
      </div>
      {!isAbsent && <ErrorNote error={checklist.error} onRetry={() => void checklist.refetch()} />}
      {checklist.data !== undefined && (
        <>
          <Text size="sm" c="dimmed">
            {checklist.data.name} · {checklist.data.ride}
          </Text>
          <ScheduleFields
            values={values}
            items={checklist.data.items}
            errors={errorsOf(create.error, tried, values)}
            onChange={draft.change}
          />
        </>
      )}
    </FormModal>
  );
}

/** Changes a schedule. Only what was edited is sent; a change by somebody else is said first. */
export function EditSchedule({ schedule, onClose }: { schedule: Schedule; onClose: () => void }) {
  const client = useQueryClient();
  const [seen, setSeen] = useState({ version: schedule.version, values: valuesOf(schedule) });
  const [changed, setChanged] = useState(false);
  const draft = useDraft(`repairs.schedules.edit:${schedule.id}`, seen.values);
  const checklist = useQuery(checklistQuery(schedule.checklistRef));
  const save = useCommand({
    send: changeSchedule,
    invalidates: [keys.schedules],
    onSuccess: () => {
      draft.clear();
      toast.success(texts.form.saved);
      onClose();
    },
  });

  function submit(): void {
    if (missingOf(draft.value).length > 0) return;
    const body = changeOf(draft.value, seen.values);
    save.mutate({ id: schedule.id, version: seen.version, body }, { onError: (error) => void onError(error) });
  }

  async function onError(error: Error): Promise<void> {
    if (!isConflict(error)) return;
    const fresh = await client.fetchQuery({ ...scheduleQuery(schedule.id), staleTime: 0 });
    setSeen({ ...seen, version: fresh.version });
    setChanged(true);
  }

  return (
    <FormModal
      title={texts.form.edit}
      action={texts.form.save}
      pending={save.isPending}
      error={changed && isConflict(save.error) ? null : save.error}
      onClose={onClose}
      onSubmit={submit}
    >
      <ScheduleFields
        values={draft.value}
        items={checklist.data?.items ?? [{ itemRef: schedule.itemRef, text: schedule.itemText }]}
        errors={errorsOf(save.error, true, draft.value)}
        onChange={draft.change}
      />
      {changed && <ErrorNote error={new Error(texts.form.changed)} />}
    </FormModal>
  );
}

interface FormModalProps {
  title: string;
  action: string;
  pending: boolean;
  error: unknown;
  onClose: () => void;
  onSubmit: () => void;
  children: ReactNode;
}

function FormModal({ title, action, pending, error, onClose, onSubmit, children }: FormModalProps) {
  function submit(event: FormEvent): void {
    event.preventDefault();
    onSubmit();
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={<strong>{title}</strong>}
      closeButtonProps={{ "aria-label": common.actions.close }}
    >
      <form className={styles.form} onSubmit={submit} noValidate>
        {children}
        <ErrorNote error={error} shownFields={SHOWN} />
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {common.actions.cancel}
          </Button>
          <Button type="submit" loading={pending}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.code === "VERSION_CONFLICT";
}

function errorsOf(error: unknown, tried: boolean, values: Values): Readonly<Record<string, string>> {
  const missing = tried ? missingOf(values).map((name) => [name, texts.form.missing] as const) : [];
  return { ...fieldErrors(error), ...Object.fromEntries(missing) };
}
