import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import { useDraft } from "~/app/drafts";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { ErrorNote } from "~/components/error-note";
import { PersonChoice } from "~/components/person-choice";
import { toast } from "~/components/toast";
import styles from "./picking.module.css";
import { type AssignmentDetail, assignTo, keys, type PickerView, pickersQuery } from "./queries";
import { texts } from "./texts";

const EMPTY = { userId: "" };
/** Who looks for another one types a part of the name. */
const MOST = 50;

interface AssignStepProps {
  /** Whether the state allows it. An open dialog stays with the person that was chosen. */
  shown: boolean;
  assignment: AssignmentDetail;
}

/** Gives an assignment to a person whom the supervisor chooses. */
export function AssignStep({ shown, assignment }: AssignStepProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      {shown && (
        <Button variant="filled" onClick={() => setAsking(true)}>
          {texts.assign.action}
        </Button>
      )}
      {asking && <AssignDialog assignment={assignment} onClose={() => setAsking(false)} />}
    </>
  );
}

function AssignDialog({ assignment, onClose }: { assignment: AssignmentDetail; onClose: () => void }) {
  const { assignment_id: id } = assignment;
  const draft = useDraft(`picking.assign:${id}`, EMPTY);
  const [missing, setMissing] = useState(false);
  const pickers = useQuery(pickersQuery);
  const { userId } = draft.value;
  const command = useCommand({
    send: (user: string, header) => assignTo(id, user, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(texts.assign.done),
  });

  async function assign(): Promise<void> {
    setMissing(userId === "");
    if (userId === "") return;
    try {
      await command.mutateAsync(userId);
    } catch (error) {
      // Somebody who was free is not any more: the list says so.
      void pickers.refetch();
      throw error;
    }
    draft.clear();
    onClose();
  }

  const { title, action } = texts.assign;
  return (
    <ConfirmWithReason
      title={title}
      action={action}
      text={assignment.holders.length > 0 ? texts.assign.taken : texts.assign.text}
      opened
      onClose={onClose}
      reason="none"
      draft={`picking.assign-reason:${id}`}
      pending={command.isPending}
      note={<ErrorNote error={command.error} message={refusalOf(command.error, nameOf(pickers.data, userId))} />}
      onConfirm={assign}
    >
      {pickers.data === undefined && pickers.error === null && <Skeleton height={160} radius="md" />}
      <ErrorNote error={pickers.error} onRetry={() => void pickers.refetch()} />
      {pickers.data?.length === 0 && <p className={styles.hint}>{texts.assign.nobody}</p>}
      {pickers.data !== undefined && (
        <PersonChoice
          label={texts.assign.list}
          searchLabel={texts.assign.search}
          choices={pickers.data.map((picker) => choiceOf(picker, assignment))}
          most={MOST}
          value={userId}
          error={missing && userId === "" ? texts.assign.choose : null}
          onChange={(user) => draft.change({ userId: user })}
        />
      )}
    </ConfirmWithReason>
  );
}

/** Who holds something else cannot be chosen, and who alone holds this one has it already. */
function choiceOf(picker: PickerView, { assignment_id: id, holders }: AssignmentDetail) {
  const { user_id: userId, name, role_name: role, assignment_ids: held } = picker;
  const others = held.filter((one) => one !== id);
  const isOnly = holders.length === 1 && holders[0] === userId;
  const { free, has, busy } = texts.assign;
  return {
    id: userId,
    name,
    words: role,
    more: <span className={styles.hint}>{role}</span>,
    aside: others.length > 0 ? busy(others.join(", ")) : holders.includes(userId) ? has : free,
    disabled: others.length > 0 || isOnly,
  };
}

function nameOf(pickers: readonly PickerView[] = [], userId: string): string {
  return pickers.find((picker) => picker.user_id === userId)?.name ?? texts.assign.person;
}

/** Return in words why the server refused the person; undefined if its own sentence says it. */
function refusalOf(error: unknown, name: string): string | undefined {
  if (error instanceof ApiError && error.code === "PICKER_BUSY") {
    return texts.assign.isBusy(name, String(error.details.assignment_id ?? ""));
  }
  return "user_id" in fieldErrors(error) ? texts.assign.cannotPick(name) : undefined;
}
