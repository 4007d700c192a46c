import { Can } from "~/app/me";
import { StepWithReason } from "~/components/step-with-reason";
import { AssignStep } from "./assign-step";
import { CLOSE, MANAGE, RELEASE } from "./permissions";
import styles from "./picking.module.css";
import { PriorityStep } from "./priority-step";
import { type AssignmentDetail, closeAssignment, keys, releaseAssignment } from "./queries";
import { texts } from "./texts";

/** What a supervisor can do with an assignment in its present state. */
export function AssignmentActions({ assignment }: { assignment: AssignmentDetail }) {
  const { assignment_id: id, status } = assignment;
  const isOpen = status === "active" || status === "queued";
  return (
    <div className={styles.actions}>
      <Can permission={MANAGE}>
        <AssignStep shown={isOpen} assignment={assignment} />
        <PriorityStep shown={isOpen} assignment={assignment} />
      </Can>
      <Can permission={RELEASE}>
        <StepWithReason
          shown={status === "active"}
          texts={texts.release}
          reason="none"
          draft={`picking.release:${id}`}
          send={(_, header) => releaseAssignment(id, header)}
          invalidates={[keys.all]}
        />
      </Can>
      <Can permission={CLOSE}>
        <StepWithReason
          shown={isOpen}
          texts={texts.close}
          danger
          draft={`picking.close:${id}`}
          send={(reason, header) => closeAssignment(id, reason, header)}
          invalidates={[keys.all]}
        />
      </Can>
    </div>
  );
}
