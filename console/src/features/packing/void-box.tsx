import { Can } from "~/app/me";
import { StepWithReason } from "~/components/step-with-reason";
import { VOID_BOX } from "./permissions";
import { keys, voidBox } from "./queries";
import { texts } from "./texts";

/** Voids an empty box, such as one that was opened by mistake. */
export function VoidBox({ boxId, onDone }: { boxId: string; onDone: () => void }) {
  return (
    <Can permission={VOID_BOX}>
      <div>
        <StepWithReason
          texts={texts.voiding}
          draft={`packing.void:${boxId}`}
          reason="none"
          danger
          send={(_, header) => voidBox(boxId, header)}
          invalidates={[keys.all]}
          onDone={onDone}
        />
      </div>
    </Can>
  );
}
