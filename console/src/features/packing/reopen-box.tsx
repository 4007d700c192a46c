import { Can } from "~/app/me";
import { StepWithReason } from "~/components/step-with-reason";
import { REOPEN_BOX } from "./permissions";
import { keys, reopenBox } from "./queries";
import { texts } from "./texts";

/** Reopens a closed box, with a reason. */
export function ReopenBox({ boxId }: { boxId: string }) {
  return (
    <Can permission={REOPEN_BOX}>
      <div>
        <StepWithReason
          texts={texts.reopen}
          draft={`packing.reopen:${boxId}`}
          send={(reason, header) => reopenBox(boxId, reason, header)}
          invalidates={[keys.all]}
        />
      </div>
    </Can>
  );
}
