import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useCommand } from "~/api/queries";
import { useDraft } from "~/app/drafts";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import { common } from "~/texts/common";
import { assign } from "./commands";
import { CourierChoice } from "./courier-choice";
import { courierName } from "./couriers";
import { type Courier, keys, type Order } from "./queries";
import { texts } from "./texts";

interface AssignDialogProps {
  order: Order;
  /** The courier onto whom the order was dropped. */
  courier?: Courier | undefined;
  onClose: () => void;
}

const EMPTY = { courierId: "" };

/** Offers an order to a courier whom the dispatcher chooses, by keyboard or pointer. */
export default function AssignDialog({ order, courier, onClose }: AssignDialogProps) {
  const draft = useDraft(`dispatch.assign:${order.id}`, EMPTY);
  const [missing, setMissing] = useState(false);
  const chosen = courier?.id ?? draft.value.courierId;
  const command = useCommand<unknown, { courierId: string }>({
    send: ({ courierId }, key) => assign(order.id, courierId, key),
    invalidates: [keys.orders, keys.couriers],
    onSuccess: () => {
      draft.clear();
      onClose();
      toast.success(texts.steps.assign.done);
    },
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    setMissing(chosen === "");
    if (chosen !== "") command.mutate({ courierId: chosen });
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={courier === undefined ? texts.steps.assign.title : texts.steps.assign.titleFor(courierName(courier))}
      closeButtonProps={{ "aria-label": common.actions.close }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">
            {order.pickup_address} → {order.dropoff_address}
          </Text>
          {courier === undefined && (
            <CourierChoice
              order={order}
              value={chosen}
              error={missing && chosen === "" ? texts.steps.assign.choose : null}
              onChange={(courierId) => draft.change({ courierId })}
            />
          )}
          <ErrorNote error={command.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {common.actions.cancel}
            </Button>
            <Button type="submit" data-autofocus={courier === undefined ? undefined : true} loading={command.isPending}>
              {texts.steps.assign.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
