import { Button, Checkbox, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { fieldErrors } from "~/api/errors";
import type { Draft } from "~/app/drafts";
import { Panel } from "~/components/panel";
import { RefusalNote } from "../steps/refusal-note";
import { errorsOf, KINDS, type PerKind, type SkuDraft } from "./sku-draft";
import styles from "./sku-form.module.css";
import { AttributeRows, LimitRows, StepRows } from "./sku-rows";
import { texts } from "./texts";

const words = texts.sku;
const SHOWN = ["name", "skuCode", "chemistry", "cellsPerModule", "modulesPerPack", "nominalVoltage", "nominalCapacity"];

interface SkuFormProps {
  draft: Pick<Draft<SkuDraft>, "value" | "change">;
  submit: string;
  pending: boolean;
  error: unknown;
  onSubmit: () => void;
  /** Forgets what was typed. */
  onDiscard?: (() => void) | undefined;
}

/** All of a SKU, for creating and editing it. What was typed is kept until it was accepted. */
export function SkuForm({ draft: { value, change }, submit, pending, error, onSubmit, onDiscard }: SkuFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [tried, setTried] = useState(false);
  const wrong = errorsOf(value);
  const errors = tried ? wrong : {};
  const refused = fieldErrors(error);

  function send(event: FormEvent): void {
    event.preventDefault();
    // Errors are shown before the first of them gets the focus, and no key is pressed in between.
    flushSync(() => setTried(true));
    if (Object.keys(wrong).length === 0) onSubmit();
    else form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }

  const text = (name: keyof SkuDraft & (typeof SHOWN)[number], label: string, more: object = {}) => (
    <TextInput
      label={label}
      autoComplete="off"
      value={String(value[name])}
      error={errors[name] ?? refused[name]}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
      {...more}
    />
  );
  return (
    <form ref={form} className={styles.form} onSubmit={send} noValidate>
      <Panel title={words.product}>
        <div className={styles.fields}>
          {text("name", words.name, { maxLength: 100, required: true })}
          {text("skuCode", words.code, { maxLength: 64 })}
          {text("chemistry", words.chemistry, { maxLength: 64, required: true, placeholder: words.chemistryHint })}
          {text("cellsPerModule", words.cellsPerModule, { inputMode: "numeric", required: true })}
          {text("modulesPerPack", words.modulesPerPack, { inputMode: "numeric", required: true })}
          {text("nominalVoltage", words.voltage, { inputMode: "decimal" })}
          {text("nominalCapacity", words.capacity, { inputMode: "decimal" })}
        </div>
      </Panel>
      <Part title={words.limits} hint={words.limitsHint}>
        <LimitRows place="limits" rows={value.limits} errors={errors} onChange={(limits) => change({ limits })} />
      </Part>
      <Part title={words.tests} hint={words.testsHint}>
        <StepRows place="tests" rows={value.tests} errors={errors} onChange={(tests) => change({ tests })} />
      </Part>
      <Part title={words.moduleTests} hint={words.moduleTestsHint}>
        <StepRows
          place="moduleTests"
          rows={value.moduleTests}
          errors={errors}
          onChange={(moduleTests) => change({ moduleTests })}
        />
      </Part>
      <Panel title={words.identification}>
        <div className={styles.rows}>
          <Checkbox
            label={words.requireLot}
            checked={value.requireLot}
            onChange={(event) => change({ requireLot: event.currentTarget.checked })}
          />
          <KindFields
            label={words.gtin}
            hint={words.gtinHint}
            values={value.gtins}
            errors={refused}
            place="gtins"
            max={14}
            onChange={(gtins) => change({ gtins })}
          />
          <KindFields
            label={words.pattern}
            hint={words.patternHint}
            values={value.serialPatterns}
            errors={refused}
            place="serialPatterns"
            max={100}
            onChange={(serialPatterns) => change({ serialPatterns })}
          />
        </div>
      </Panel>
      <Part title={words.passport} hint={words.passportHint}>
        <AttributeRows
          place="passport"
          rows={value.passport}
          errors={errors}
          onChange={(passport) => change({ passport })}
        />
      </Part>
      <RefusalNote error={error} shownFields={[...SHOWN, ...placesOf("gtins"), ...placesOf("serialPatterns")]} />
      <div className={styles.foot}>
        {onDiscard !== undefined && (
          <Button variant="default" onClick={onDiscard}>
            {words.discard}
          </Button>
        )}
        <Button type="submit" loading={pending}>
          {submit}
        </Button>
      </div>
    </form>
  );
}

function placesOf(place: string): string[] {
  return KINDS.map((kind) => `${place}.${kind}`);
}

function Part({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <Panel title={title}>
      <div className={styles.rows}>
        <p className={styles.hint}>{hint}</p>
        {children}
      </div>
    </Panel>
  );
}

interface KindFieldsProps {
  label: (kind: string) => string;
  hint: string;
  values: PerKind;
  errors: Readonly<Record<string, string>>;
  place: string;
  max: number;
  onChange: (values: PerKind) => void;
}

/** A text for cells, one for modules and one for packs. */
function KindFields({ label, hint, values, errors, place, max, onChange }: KindFieldsProps) {
  return (
    <div className={styles.fields}>
      {KINDS.map((kind) => (
        <TextInput
          key={kind}
          label={label(words.kinds[kind])}
          description={hint}
          autoComplete="off"
          spellCheck={false}
          maxLength={max}
          value={values[kind]}
          error={errors[`${place}.${kind}`]}
          onChange={(event) => onChange({ ...values, [kind]: event.currentTarget.value })}
        />
      ))}
    </div>
  );
}
