import { Button } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useCan } from "~/app/me";
import { Panel } from "~/components/panel";
import { missingSteps, type StepProblem, type TestedUnit, unknownSteps } from "./missing";
import { RECORD_TEST } from "./permissions";
import { stepTestQuery } from "./queries";
import { TestForm } from "./test-form";
import { TestList } from "./test-list";
import styles from "./testing.module.css";
import { texts } from "./texts";

interface UnitTestsProps {
  unit: TestedUnit;
  /** Whether its tests decide something now, so that what is missing is shown. */
  deciding: boolean;
  /** Whether tests of it make sense: it is neither voided nor scrapped. */
  open: boolean;
}

/** The tests of a module or pack: what is missing, the form of another one, and those that were recorded. */
export function UnitTests({ unit, deciding, open }: UnitTestsProps) {
  const mayRecord = useCan()(RECORD_TEST) && open;
  const missing = useMissing(unit);
  const [isTyping, setTyping] = useState(mayRecord && deciding && missing.length > 0);
  if (unit.steps.length === 0 && unit.tests.length === 0 && !mayRecord) return null;
  return (
    <Panel
      title={texts.title}
      actions={
        mayRecord ? (
          <Button size="compact-sm" variant="default" aria-expanded={isTyping} onClick={() => setTyping(!isTyping)}>
            {isTyping ? texts.close : texts.record}
          </Button>
        ) : undefined
      }
    >
      <div className={styles.stack}>
        {deciding && unit.steps.length > 0 && <Missing unit={unit} problems={missing} />}
        {isTyping && mayRecord && <TestForm key={unit.id} unit={unit} first={missing[0]?.step} />}
        <TestList unit={unit} />
      </div>
    </Panel>
  );
}

/** Return what is missing; of steps whose newest test is not among those that are shown it is read. */
function useMissing(unit: TestedUnit): readonly StepProblem[] {
  const older = useQueries({
    queries: unknownSteps(unit).map((step) => stepTestQuery(unit.serial, step)),
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  });
  return missingSteps(unit, older);
}

function Missing({ unit: { kind }, problems }: { unit: TestedUnit; problems: readonly StepProblem[] }) {
  const id = useId();
  const words = texts.missing;
  if (problems.length === 0)
    return <p className={styles.done}>{kind === "pack" ? words.nothingForPass : words.nothingForSeal}</p>;
  return (
    <div className={styles.missing}>
      <p id={id}>{kind === "pack" ? words.forPass : words.forSeal}</p>
      <ul aria-labelledby={id}>
        {problems.map(({ step, problem }) => (
          <li key={step}>{words.item(step, words.problems[problem])}</li>
        ))}
      </ul>
    </div>
  );
}
