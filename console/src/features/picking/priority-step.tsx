import { Button, NumberInput } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import { useDraft } from "~/app/drafts";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import { type AssignmentDetail, changePriority, keys } from "./queries";
import { texts } from "./texts";

const EMPTY = { priority: "" };
const LAST = 9999;

interface PriorityStepProps {
  /** Whether the state allows it. An open dialog stays with the number that was typed. */
  shown: boolean;
  assignment: AssignmentDetail;
}

/** Changes the priority of an assignment, and with it its place in the queue. */
export function PriorityStep({ shown, assignment }: PriorityStepProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      {shown && (
        <Button variant="default" onClick={() => setAsking(true)}>
          {texts.priority.open}
        </Button>
      )}
      {asking && <PriorityDialog assignment={assignment} onClose={() => setAsking(false)} />}
    </>
  );
}

function PriorityDialog({ assignment, onClose }: { assignment: AssignmentDetail; onClose: () => void }) {
  const { assignment_id: id } = assignment;
  const draft = useDraft(`picking.priority:${id}`, EMPTY);
  const [now] = useState(assignment.priority);
  const [wrong, setWrong] = useState(false);
  const typed = draft.dirty ? draft.value.priority : `${now}`;
  const command = useCommand({
    send: (priority: number, header) => changePriority(id, priority, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(texts.priority.done),
  });

  async function change(): Promise<void> {
    setWrong(!isPriority(typed));
    if (!isPriority(typed)) return;
    await command.mutateAsync(Number(typed));
    draft.clear();
    onClose();
  }

  const { title, action, text, label, limits } = texts.priority;
  const refused = fieldErrors(command.error).priority;
  return (
    <ConfirmWithReason
      title={title}
      action={action}
      text={text}
      opened
      onClose={onClose}
      reason="none"
      draft={`picking.priority-reason:${id}`}
      pending={command.isPending}
      note={<ErrorNote error={command.error} shownFields={["priority"]} />}
      onConfirm={change}
    >
      <NumberInput
        label={label}
        data-autofocus
        allowDecimal={false}
        allowNegative={false}
        min={0}
        max={LAST}
        clampBehavior="none"
        value={typed}
        error={wrong && !isPriority(typed) ? limits : refused}
        onChange={(priority) => draft.change({ priority: `${priority}` })}
      />
    </ConfirmWithReason>
  );
}

function isPriority(text: string): boolean {
  return /^\d{1,4}$/.test(text);
}
