import { Button, Group, Radio, Select, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useId, useState } from "react";
import { flushSync } from "react-dom";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import { useDraft } from "~/app/drafts";
import { toast } from "~/components/toast";
import { type Extra, readDraft } from "../disposition";
import styles from "../disposition-form.module.css";
import { type Limits, prevents } from "../limits";
import { verdictText } from "../measurement-bar";
import { ExtraField, MeasurementField } from "../measurement-fields";
import { keys } from "../queries";
import { RefusalNote } from "../steps/refusal-note";
import { texts as line } from "../texts";
import type { TestedUnit } from "./missing";
import { recordTest, type TestInput } from "./queries";
import own from "./testing.module.css";
import { texts } from "./texts";

interface TestDraft {
  /** A planned step, or `OTHER`. */
  step: string;
  otherStep: string;
  station: string;
  program: string;
  result: "" | "PASS" | "FAIL";
  values: Readonly<Record<string, string>>;
  extras: readonly Extra[];
}

const EMPTY: TestDraft = { step: "", otherStep: "", station: "", program: "", result: "", values: {}, extras: [] };
const OTHER = "other:";
const PLANNED = "step:";
const NO_LIMITS: Limits = {};
const FIELDS = ["step", "station", "program", "result"] as const;

/** Records a test of a step. Each value is judged while it is typed; what was typed is kept until it was accepted. */
export function TestForm({ unit, first }: { unit: TestedUnit; first: string | undefined }) {
  const id = useId();
  const draft = useDraft(`line.test:${unit.id}`, EMPTY);
  const { value, change } = draft;
  const [tried, setTried] = useState(false);
  const chosen = value.step || choiceOf(unit, first);
  const planned = unit.steps.find(({ step }) => `${PLANNED}${step}` === chosen);
  const limits: Limits = planned?.limits ?? NO_LIMITS;
  const step = planned?.step ?? value.otherStep.trim();
  const reading = readDraft({ values: value.values, extras: value.extras, notes: "" }, limits);
  const command = useCommand({
    send: (body: TestInput, header) => recordTest(unit.serial, body, header),
    invalidates: [keys.all],
    onSuccess: (test) => {
      // The station stays for the next unit's test of another step.
      draft.clear();
      change({ station: value.station });
      setTried(false);
      if (test.passed) toast.success(texts.passed(test.step));
      else toast.error(new Error(texts.failed(test.step)));
    },
  });
  const refused = fieldErrors(command.error);

  function send(): void {
    command.reset();
    // Errors are shown before the first of them gets the focus, and no key is pressed in between.
    flushSync(() => setTried(true));
    if (step === "" || value.result === "" || reading.invalid) {
      document.querySelector<HTMLElement>(`form[data-test="${id}"] [aria-invalid=true]`)?.focus();
      return;
    }
    command.mutate({
      step,
      result: value.result,
      ...(value.station.trim() === "" ? {} : { station: value.station.trim() }),
      ...(value.program.trim() === "" ? {} : { program: value.program.trim() }),
      measurements: reading.measurements,
    });
  }

  return (
    <form
      data-test={id}
      className={styles.form}
      aria-label={texts.formTitle}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className={own.fields}>
        <Select
          label={texts.step}
          data={[
            ...unit.steps.map((one) => ({
              value: `${PLANNED}${one.step}`,
              label: one.required ? texts.required(one.step) : one.step,
            })),
            { value: OTHER, label: texts.otherStep },
          ]}
          allowDeselect={false}
          value={chosen}
          onChange={(next) => change({ step: next ?? "" })}
        />
        {planned === undefined && (
          <TextInput
            label={texts.stepName}
            description={texts.stepHint}
            maxLength={64}
            value={value.otherStep}
            error={tried && step === "" ? texts.stepMissing : refused.step}
            onChange={(event) => change({ otherStep: event.currentTarget.value })}
          />
        )}
        <TextInput
          label={texts.station}
          maxLength={64}
          value={value.station}
          error={refused.station}
          onChange={(event) => change({ station: event.currentTarget.value })}
        />
        <TextInput
          label={texts.program}
          maxLength={100}
          value={value.program}
          error={refused.program}
          onChange={(event) => change({ program: event.currentTarget.value })}
        />
      </div>
      {planned !== undefined && reading.limited.length === 0 && <p className={styles.hint}>{texts.noLimits}</p>}
      {reading.limited.map(({ name, value: measured, verdict, error }, index) => (
        <MeasurementField
          key={name}
          id={`${id}-${index}`}
          name={name}
          typed={value.values[name] ?? ""}
          limit={limits[name]}
          value={measured}
          verdict={verdict}
          error={error ?? refused[`measurements.${name}.value`] ?? refused[`measurements.${name}`]}
          wrong={false}
          onChange={(text) => change({ values: { ...value.values, [name]: text } })}
        />
      ))}
      {value.extras.map((extra, index) => (
        <ExtraField
          // biome-ignore lint/suspicious/noArrayIndexKey: the measurements have no other identity while they are typed
          key={index}
          id={`${id}-extra${index}`}
          extra={extra}
          error={tried ? reading.extraErrors[index] : undefined}
          onChange={(next) => change({ extras: value.extras.map((other, at) => (at === index ? next : other)) })}
          onRemove={() => change({ extras: value.extras.filter((_, at) => at !== index) })}
        />
      ))}
      <Button
        className={styles.add}
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={16} />}
        onClick={() => change({ extras: [...value.extras, { name: "", value: "", unit: "" }] })}
      >
        {line.disposition.add}
      </Button>
      <Radio.Group
        label={texts.result}
        description={texts.resultHint}
        value={value.result === "" ? null : value.result}
        error={tried && value.result === "" ? texts.resultMissing : refused.result}
        onChange={(next) => change({ result: next as "PASS" | "FAIL" })}
      >
        <Group gap="lg" mt={6}>
          <Radio value="PASS" label={texts.results.PASS} />
          <Radio value="FAIL" label={texts.results.FAIL} />
        </Group>
      </Radio.Group>
      {value.result === "PASS" && <CountsAsFailed reading={reading} limits={limits} />}
      <RefusalNote error={command.error} shownFields={FIELDS} />
      <Group justify="flex-end">
        <Button type="submit" loading={command.isPending}>
          {texts.submit}
        </Button>
      </Group>
    </form>
  );
}

/** Return the step that is chosen where nobody chose: the first that is missing, or else the first that is planned. */
function choiceOf({ steps }: TestedUnit, first: string | undefined): string {
  const step = first ?? steps[0]?.step;
  return step === undefined ? OTHER : `${PLANNED}${step}`;
}

function CountsAsFailed({ reading, limits }: { reading: ReturnType<typeof readDraft>; limits: Limits }) {
  const problems = reading.limited.filter(({ verdict }) => prevents(verdict));
  if (problems.length === 0) return null;
  return (
    <div className={styles.blocked}>
      <p>{texts.countsAsFailed}</p>
      <ul>
        {problems.map(({ name, verdict }) => (
          <li key={name}>{line.disposition.problem(name, verdictText(verdict, limits[name]?.unit ?? ""))}</li>
        ))}
      </ul>
    </div>
  );
}
