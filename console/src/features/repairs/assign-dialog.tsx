import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useDraft } from "~/app/drafts";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import { assign, type Seen } from "./commands";
import type { StepDialogProps } from "./dialogs";
import { techniciansQuery } from "./queries";
import { StepForm, useStep } from "./step-form";
import { TechnicianChoice } from "./technician-choice";
import { texts } from "./texts";
import { useStepCommand } from "./use-order-steps";

const EMPTY = { technicianId: "" };

/** Assigns a work order to a technician of its zone, by keyboard or pointer. */
export default function AssignDialog({ request, onClose }: StepDialogProps) {
  const step = useStep(request);
  const draft = useDraft(`repairs.assign:${request.order.id}`, EMPTY);
  const [missing, setMissing] = useState(false);
  const zone = step.order?.gameZone;
  const { data, error } = useQuery({ ...techniciansQuery(zone ?? ""), enabled: zone !== undefined });
  const { technicianId } = draft.value;
  const { change } = draft;
  useEffect(() => {
    if (request.technicianId !== undefined) change({ technicianId: request.technicianId });
  }, [request.technicianId, change]);

  const command = useStepCommand<{ technician: string }, { seen: Seen; technicianId: string }>({
    send: ({ seen, technicianId: chosen }, key) => assign(seen, chosen, key),
    onSuccess: ({ technician }) => {
      draft.clear();
      onClose();
      toast.success(texts.assign.done(request.order.code, technician));
    },
  });

  function submit(seen: Seen): void {
    setMissing(technicianId === "");
    if (technicianId !== "") command.mutate({ seen, technicianId });
  }

  return (
    <StepForm
      title={texts.assign.title(request.order.code)}
      step={step}
      openedAt={request.order.version}
      action={step.order?.state === "ASSIGNED" ? texts.actions.reassign : texts.actions.assign}
      anyway={texts.assign.anyway}
      pending={command.isPending}
      error={command.error ?? (command.isIdle ? request.error : null)}
      onClose={onClose}
      onSubmit={submit}
    >
      <Text size="sm">{zone === undefined ? texts.assign.text : texts.assign.outOfZone(zone)}</Text>
      <ErrorNote error={error} />
      <TechnicianChoice
        technicians={zone === undefined ? undefined : data?.technicians}
        hasMore={(data?.nextCursor ?? null) !== null}
        holder={step.order?.state === "ASSIGNED" ? step.order.technicianId : null}
        value={technicianId}
        error={missing && technicianId === "" ? texts.assign.choose : null}
        onChange={(next) => draft.change({ technicianId: next })}
      />
    </StepForm>
  );
}
