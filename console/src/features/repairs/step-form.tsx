import { Button, Group, Modal, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { ApiError } from "~/api/errors";
import { ErrorNote } from "~/components/error-note";
import { common } from "~/texts/common";
import type { Seen } from "./commands";
import { ConflictNote } from "./conflict-note";
import type { StepRequest } from "./dialogs";
import { orderQuery, type WorkOrderDetail } from "./queries";
import { stateName } from "./states";
import { allows } from "./steps";
import { texts } from "./texts";

/** The present work order of a dialog, and the version that its step names. */
export interface OpenStep {
  order: WorkOrderDetail | undefined;
  /** What the step sends: the order in the version that the person has seen. */
  seen: Seen;
  /** Somebody changed the order after the person saw it. */
  changed: boolean;
  /** Whether the present state allows the step. */
  possible: boolean;
  /** The person has seen the change and goes on. */
  accept: () => Seen;
}

/** Follow a work order while its dialog is open, so that a change by somebody else is seen before it is undone. */
export function useStep({ action, order: asked }: StepRequest): OpenStep {
  const { data: order } = useQuery(orderQuery(asked.id));
  const [version, setVersion] = useState(asked.version);
  const current = order === undefined || order.version < version ? version : order.version;
  return {
    order,
    seen: { id: asked.id, version },
    changed: current !== version,
    possible: order === undefined || allows(order.state, action),
    accept: () => {
      setVersion(current);
      return { id: asked.id, version: current };
    },
  };
}

interface StepFormProps {
  title: string;
  step: OpenStep;
  /** The version at which the dialog was opened: what came later is shown. */
  openedAt: number;
  action: string;
  /** The button's label once somebody else has changed the order. */
  anyway: string;
  danger?: boolean;
  /** The label of the button that does nothing; by default "Cancel". */
  dismiss?: string;
  pending: boolean;
  error: unknown;
  /** Fields whose messages stand at their inputs. */
  shownFields?: readonly string[];
  onClose: () => void;
  /** Sends the step in this version. */
  onSubmit: (seen: Seen) => void;
  children: ReactNode;
}

/** The form of a step. It stays open with its input until the step has succeeded. */
export function StepForm(props: StepFormProps) {
  const { step } = props;
  function submit(event: FormEvent): void {
    event.preventDefault();
    props.onSubmit(step.changed ? step.accept() : step.seen);
  }
  // The note about the change says it better.
  const isConflict = props.error instanceof ApiError && props.error.code === "VERSION_CONFLICT";
  const hidden = step.order !== undefined && (step.changed || !step.possible);
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={<strong>{props.title}</strong>}
      closeButtonProps={{ "aria-label": common.actions.close }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {step.order !== undefined && step.changed && <ConflictNote order={step.order} openedAt={props.openedAt} />}
          {props.children}
          {step.order !== undefined && !step.possible && (
            <ErrorNote error={new Error(texts.conflict.impossible(stateName(step.order.state)))} />
          )}
          {!(isConflict && hidden) && <ErrorNote error={props.error} shownFields={props.shownFields ?? []} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose}>
              {props.dismiss ?? common.actions.cancel}
            </Button>
            <Button
              type="submit"
              color={props.danger ? "red.8" : undefined}
              loading={props.pending}
              disabled={!step.possible}
            >
              {step.changed ? props.anyway : props.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
