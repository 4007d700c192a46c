import { Can } from "~/app/me";
import { StepWithReason } from "~/components/step-with-reason";
import { type Batch, keys } from "../queries";
import { voidBatch } from "./commands";
import { MAY_STEP } from "./permissions";
import { RefusalNote } from "./refusal-note";
import { texts } from "./texts";

/** Voids a batch that was created or started by mistake, if it has no packs but voided ones. */
export function VoidBatch({ batch: { id, version, status, packs } }: { batch: Batch }) {
  return (
    <Can permission={MAY_STEP.voidBatch}>
      <StepWithReason
        shown={(status === "DRAFT" || status === "IN_PROGRESS") && packs.total === 0}
        texts={texts.voidBatch}
        danger
        draft={`line.void:${id}`}
        send={(reason, headers) => voidBatch({ id, version }, reason, headers)}
        invalidates={[keys.all]}
        note={(error) => <RefusalNote error={error} />}
      />
    </Can>
  );
}
