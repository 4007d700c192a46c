import { KeyValueList } from "~/components/key-value-list";
import { Panel } from "~/components/panel";
import { LimitList } from "../measurement-list";
import page from "../page.module.css";
import type { Sku } from "../queries";
import { KINDS, passportText } from "./sku-draft";
import { texts } from "./texts";

const words = texts.sku;

/** What a SKU says beside its parts and limits: tests, identification and passport. */
export function SkuParts({ sku }: { sku: Sku }) {
  const passport = Object.entries(sku.passport ?? {});
  const identified = [
    ...KINDS.map((kind) => ({ label: words.gtin(words.kinds[kind]), value: sku.gtins?.[kind] })),
    ...KINDS.map((kind) => ({ label: words.pattern(words.kinds[kind]), value: sku.serialPatterns?.[kind] })),
  ].filter(({ value }) => value !== undefined);
  return (
    <>
      <Steps title={words.tests} steps={sku.tests ?? []} />
      <Steps title={words.moduleTests} steps={sku.moduleTests ?? []} />
      {(identified.length > 0 || sku.requireLot === true) && (
        <Panel title={words.identification}>
          {sku.requireLot === true && <p className={page.note}>{words.requireLot}</p>}
          <KeyValueList items={identified} />
        </Panel>
      )}
      {passport.length > 0 && (
        <Panel title={words.passport}>
          <KeyValueList items={passport.map(([label, value]) => ({ label, value: passportText(value) }))} />
        </Panel>
      )}
    </>
  );
}

function Steps({ title, steps }: { title: string; steps: NonNullable<Sku["tests"]> }) {
  if (steps.length === 0) return null;
  return (
    <Panel title={title}>
      {steps.map(({ step, required, limits = {} }) => (
        <section key={step} aria-label={step}>
          <p className={page.summary}>
            {step} {required ? `(${words.required.toLowerCase()})` : `(${words.optional})`}
          </p>
          {Object.keys(limits).length === 0 ? (
            <p className={page.note}>{words.noLimits}</p>
          ) : (
            <LimitList label={step} limits={limits} />
          )}
        </section>
      ))}
    </Panel>
  );
}
