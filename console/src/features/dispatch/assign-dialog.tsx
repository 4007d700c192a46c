import { Button, Group, Modal, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError } from "~/api/errors";
import { useDraft } from "~/app/drafts";
import { toast } from "~/components/toast";
import { common } from "~/texts/common";
import { assign, type Seen } from "./commands";
import { CourierChoice } from "./courier-choice";
import { courierName } from "./couriers";
import { freeQuery } from "./fleet-queries";
import type { Courier, Order } from "./queries";
import { StackedRoute } from "./stacked-route";
import { StepNote } from "./step-note";
import { texts } from "./texts";
import { useStepCommand, useStepState } from "./use-step";

interface AssignDialogProps {
  order: Order;
  /** The courier onto whom the order was dropped. */
  courier?: Courier | undefined;
  /** The name of the courier who has the order. */
  holder?: string | undefined;
  onClose: () => void;
}

const EMPTY = { courierId: "" };

/** Offers an order to a courier whom the dispatcher chooses, by keyboard or pointer. */
export default function AssignDialog({ order, courier, holder, onClose }: AssignDialogProps) {
  const draft = useDraft(`dispatch.assign:${order.id}`, EMPTY);
  const [missing, setMissing] = useState(false);
  const [refused, setRefused] = useState<Courier | null>(null);
  const { possible, change } = useStepState(order, "assign", holder);
  const free = useQuery(freeQuery).data;
  // After a refusal another courier is chosen.
  const dropped = refused === null ? courier : undefined;
  const chosen = dropped ?? free?.find(({ id }) => id === draft.value.courierId);
  const command = useStepCommand<{ seen: Seen; courier: Courier }>({
    send: ({ seen, courier: { id } }, key) => assign(seen, id, key),
    onSuccess: () => {
      draft.clear();
      onClose();
      toast.success(texts.steps.assign.done);
    },
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    setMissing(chosen === undefined);
    if (chosen === undefined) return;
    const seen = { id: order.id, version: order.version };
    const onError = (error: Error): void => setRefused(refusalOf(error, chosen) === undefined ? refused : chosen);
    command.mutate({ seen, courier: chosen }, { onError });
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={dropped === undefined ? texts.steps.assign.title : texts.steps.assign.titleFor(courierName(dropped))}
      closeButtonProps={{ "aria-label": common.actions.close }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <StackedRoute order={order} />
          <StepNote
            change={change}
            error={command.error}
            message={command.variables && refusalOf(command.error, command.variables.courier)}
          />
          {dropped === undefined && (
            <CourierChoice
              order={order}
              value={chosen?.id ?? ""}
              error={missing && chosen === undefined ? texts.steps.assign.choose : null}
              onChange={(courierId) => draft.change({ courierId })}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {common.actions.cancel}
            </Button>
            <Button
              type="submit"
              data-autofocus={dropped === undefined ? undefined : true}
              loading={command.isPending}
              disabled={!possible}
            >
              {texts.steps.assign.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Return what keeps this courier from the order, in words; undefined if the refusal is about something else. */
function refusalOf(error: unknown, courier: Courier): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (error.code === "COURIER_BUSY") return texts.steps.busy(courierName(courier));
  if (error.code === "COURIER_OFF_DUTY") return texts.steps.offDuty(courierName(courier));
  return undefined;
}
