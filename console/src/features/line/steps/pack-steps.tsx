import { Can } from "~/app/me";
import { StepWithReason } from "~/components/step-with-reason";
import type { Step } from "../commands";
import { keys, type PackDetail } from "../queries";
import { returnPack, reworkPack, voidPack } from "./commands";
import { MAY_STEP } from "./permissions";
import { RefusalNote } from "./refusal-note";
import { ShipPack } from "./ship-pack";
import { texts } from "./texts";

const INVALIDATES = [keys.all];

function note(error: Error | null) {
  return <RefusalNote error={error} />;
}

/** The steps by which a pack leaves the line or goes back, as its state allows them. */
export function PackSteps({ pack }: { pack: PackDetail }) {
  const { id, serial, version, status, disposition } = pack;
  const step: Step = { id, version };
  const isDecided = status === "FINALIZED";
  return (
    <>
      <Can permission={MAY_STEP.voidPack}>
        <StepWithReason
          shown={status !== "SHIPPED" && status !== "VOID"}
          texts={texts.voiding}
          danger
          draft={`line.void:${id}`}
          send={(reason, headers) => voidPack(step, reason, headers)}
          invalidates={INVALIDATES}
          note={note}
        />
      </Can>
      <Can permission={MAY_STEP.reworkPack}>
        <StepWithReason
          shown={status === "READY_FOR_EOL" || (isDecided && disposition === "FAIL")}
          texts={texts.rework}
          draft={`line.rework:${id}`}
          send={(reason, headers) => reworkPack(step, reason, headers)}
          invalidates={INVALIDATES}
          note={note}
        />
      </Can>
      <Can permission={MAY_STEP.shipPack}>
        <ShipPack step={step} shown={isDecided && disposition === "PASS"} />
      </Can>
      <Can permission={MAY_STEP.returnPack}>
        <StepWithReason
          shown={status === "SHIPPED"}
          texts={texts.returning}
          draft={`line.return:${id}`}
          send={(reason, headers) => returnPack({ serial, reason }, headers)}
          invalidates={INVALIDATES}
          note={note}
        />
      </Can>
    </>
  );
}
