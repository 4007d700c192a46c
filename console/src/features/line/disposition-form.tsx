import { Button, Group, Textarea } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useId, useState } from "react";
import { fieldErrors } from "~/api/errors";
import { useDraft } from "~/app/drafts";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { Panel } from "~/components/panel";
import { useDisposePack } from "./commands";
import { EMPTY, type Reading, readDraft } from "./disposition";
import styles from "./disposition-form.module.css";
import type { Limits } from "./limits";
import { verdictText } from "./measurement-bar";
import { ExtraField, MeasurementField } from "./measurement-fields";
import type { PackDetail } from "./queries";
import type { Disposition } from "./states";
import { RefusalNote } from "./steps/refusal-note";
import { texts } from "./texts";

const words = texts.disposition;
const NO_LIMITS: Limits = {};

/** Records the test of a pack and the decision on it. What was typed is kept until the decision was accepted. */
export function DispositionForm({ pack }: { pack: PackDetail }) {
  const id = useId();
  const limits: Limits = pack.sku.limits ?? NO_LIMITS;
  const draft = useDraft(`line.disposition:${pack.id}`, EMPTY);
  const { values, extras, notes } = draft.value;
  const [asking, setAsking] = useState<"PASS" | "FAIL" | null>(null);
  const [tried, setTried] = useState<Disposition | null>(null);
  const dispose = useDisposePack();
  const reading = readDraft(draft.value, limits);
  const refused = fieldErrors(dispose.error);
  const blocked = tried === "PASS" && reading.problems.length > 0;

  /** Send nothing that cannot be accepted; the first input that is in the way gets the focus. */
  function decide(disposition: Disposition): void {
    dispose.reset();
    setTried(disposition);
    const obstacle = obstacleOf(reading, disposition);
    if (obstacle !== null) document.getElementById(`${id}-${obstacle}`)?.focus();
    else if (disposition === "QUARANTINE") void send(disposition).catch(() => undefined);
    else setAsking(disposition);
  }

  async function send(disposition: Disposition): Promise<void> {
    const { measurements } = reading;
    await dispose.mutateAsync({
      id: pack.id,
      version: pack.version,
      disposition,
      notes: notes.trim() || undefined,
      measurements: Object.keys(measurements).length === 0 ? undefined : measurements,
    });
    draft.clear();
    setTried(null);
    setAsking(null);
  }

  return (
    <Panel title={words.title}>
      <form className={styles.form} onSubmit={(event) => event.preventDefault()}>
        <p className={styles.hint}>{words.final}</p>
        {reading.limited.map(({ name, value, verdict, error }, index) => (
          <MeasurementField
            key={name}
            id={`${id}-${index}`}
            name={name}
            typed={values[name] ?? ""}
            limit={limits[name]}
            value={value}
            verdict={verdict}
            error={error ?? refused[`measurements.${name}.value`] ?? refused[`measurements.${name}`]}
            wrong={blocked}
            onChange={(text) => draft.change({ values: { ...values, [name]: text } })}
          />
        ))}
        {extras.map((extra, index) => (
          <ExtraField
            // biome-ignore lint/suspicious/noArrayIndexKey: the measurements have no other identity while they are typed
            key={index}
            id={`${id}-extra${index}`}
            extra={extra}
            error={tried === null ? undefined : reading.extraErrors[index]}
            onChange={(next) => draft.change({ extras: extras.map((other, at) => (at === index ? next : other)) })}
            onRemove={() => draft.change({ extras: extras.filter((_, at) => at !== index) })}
          />
        ))}
        <Button
          className={styles.add}
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={16} />}
          onClick={() => draft.change({ extras: [...extras, { name: "", value: "", unit: "" }] })}
        >
          {words.add}
        </Button>
        <Textarea
          label={words.notes}
          maxLength={500}
          value={notes}
          error={refused.notes}
          onChange={(event) => draft.change({ notes: event.currentTarget.value })}
        />
        {blocked && <Blocked reading={reading} pack={pack} />}
        {asking === null && <RefusalNote error={dispose.error} shownFields={["notes"]} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" className={styles.fail} onClick={() => decide("FAIL")}>
            {words.FAIL}
          </Button>
          <Button variant="default" loading={dispose.isPending && asking === null} onClick={() => decide("QUARANTINE")}>
            {words.QUARANTINE}
          </Button>
          <Button onClick={() => decide("PASS")}>{words.PASS}</Button>
        </Group>
      </form>
      <ConfirmWithReason
        opened={asking !== null}
        onClose={() => setAsking(null)}
        title={asking === "FAIL" ? words.failTitle(pack.serial) : words.passTitle(pack.serial)}
        text={textOf(asking, reading)}
        action={asking === "FAIL" ? words.FAIL : words.PASS}
        danger={asking === "FAIL"}
        reason="none"
        draft={`line.decide:${pack.id}`}
        pending={dispose.isPending}
        note={<RefusalNote error={dispose.error} />}
        onConfirm={() => send(asking ?? "QUARANTINE")}
      />
    </Panel>
  );
}

/** Return the input that is in the way of a decision, or null. */
function obstacleOf(reading: Reading, disposition: Disposition): string | null {
  const { limited, extraErrors } = reading;
  const inWay = limited.findIndex(
    (one) => one.error !== undefined || (disposition === "PASS" && reading.problems.includes(one)),
  );
  if (inWay >= 0) return String(inWay);
  const extra = extraErrors.findIndex((error) => error !== undefined);
  return extra >= 0 ? `extra${extra}` : null;
}

function textOf(disposition: Disposition | null, { limited }: Reading): string {
  if (disposition === "FAIL") return words.failText;
  return limited.length === 0 ? words.passUnlimited : words.passText;
}

function Blocked({ reading, pack }: { reading: Reading; pack: PackDetail }) {
  return (
    <div role="alert" className={styles.blocked}>
      <p>{words.blocked}</p>
      <ul>
        {reading.problems.map(({ name, verdict }) => (
          <li key={name}>{words.problem(name, verdictText(verdict, pack.sku.limits?.[name]?.unit ?? ""))}</li>
        ))}
      </ul>
    </div>
  );
}
