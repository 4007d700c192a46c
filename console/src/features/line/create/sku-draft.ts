/** What a person typed about a SKU, as the API takes it, and what is wrong with it. */

import { type Decimal, hasTooManyPlaces, parseTyped } from "../decimals";
import type { Limits } from "../limits";
import type { Sku } from "../queries";
import { texts } from "./texts";

export interface LimitRow {
  name: string;
  min: string;
  max: string;
  unit: string;
}

export interface StepRow {
  step: string;
  required: boolean;
  limits: readonly LimitRow[];
}

/** An attribute of the battery passport. With a unit its value is a number, or a range such as `10 to 20`. */
export interface AttributeRow {
  name: string;
  value: string;
  unit: string;
}

type PassportValue = NonNullable<Sku["passport"]>[string];

export const KINDS = ["cell", "module", "pack"] as const;
export type PerKind = Readonly<Record<(typeof KINDS)[number], string>>;

export interface SkuDraft {
  name: string;
  skuCode: string;
  chemistry: string;
  cellsPerModule: string;
  modulesPerPack: string;
  nominalVoltage: string;
  nominalCapacity: string;
  requireLot: boolean;
  limits: readonly LimitRow[];
  gtins: PerKind;
  serialPatterns: PerKind;
  tests: readonly StepRow[];
  moduleTests: readonly StepRow[];
  passport: readonly AttributeRow[];
}

const NONE: PerKind = { cell: "", module: "", pack: "" };

export const EMPTY: SkuDraft = {
  name: "",
  skuCode: "",
  chemistry: "",
  cellsPerModule: "",
  modulesPerPack: "",
  nominalVoltage: "",
  nominalCapacity: "",
  requireLot: false,
  limits: [],
  gtins: NONE,
  serialPatterns: NONE,
  tests: [],
  moduleTests: [],
  passport: [],
};

export const NEW_LIMIT: LimitRow = { name: "", min: "", max: "", unit: "" };
export const NEW_STEP: StepRow = { step: "", required: true, limits: [] };
export const NEW_ATTRIBUTE: AttributeRow = { name: "", value: "", unit: "" };

interface TestStep {
  step: string;
  required: boolean;
  limits?: Limits | undefined;
}

/** A SKU as it is sent; null where nothing is given. */
export interface SkuBody {
  name: string;
  skuCode: string | null;
  chemistry: string;
  cellsPerModule: number;
  modulesPerPack: number;
  nominalVoltage: Decimal | null;
  nominalCapacity: Decimal | null;
  requireLot: boolean;
  limits: Limits | null;
  gtins: Partial<PerKind> | null;
  serialPatterns: Partial<PerKind> | null;
  tests: readonly TestStep[] | null;
  moduleTests: readonly TestStep[] | null;
  passport: Readonly<Record<string, PassportValue>> | null;
}

/** Return a SKU as somebody would have typed it. */
export function draftOf(sku: Sku): SkuDraft {
  return {
    name: sku.name,
    skuCode: sku.skuCode ?? "",
    chemistry: sku.chemistry,
    cellsPerModule: String(sku.cellsPerModule),
    modulesPerPack: String(sku.modulesPerPack),
    nominalVoltage: sku.nominalVoltage ?? "",
    nominalCapacity: sku.nominalCapacity ?? "",
    requireLot: sku.requireLot ?? false,
    limits: rowsOf(sku.limits ?? {}),
    gtins: perKind(sku.gtins),
    serialPatterns: perKind(sku.serialPatterns),
    tests: stepsOf(sku.tests ?? []),
    moduleTests: stepsOf(sku.moduleTests ?? []),
    passport: Object.entries(sku.passport ?? {}).map(([name, value]) => ({ name, ...typedValue(value) })),
  };
}

/** Return what is sent. Of a draft with errors it is not complete. */
export function bodyOf(draft: SkuDraft): SkuBody {
  return {
    name: draft.name.trim(),
    skuCode: draft.skuCode.trim() || null,
    chemistry: draft.chemistry.trim(),
    cellsPerModule: Number(draft.cellsPerModule),
    modulesPerPack: Number(draft.modulesPerPack),
    nominalVoltage: decimalOf(draft.nominalVoltage),
    nominalCapacity: decimalOf(draft.nominalCapacity),
    requireLot: draft.requireLot,
    limits: orNull(limitsOf(draft.limits)),
    gtins: orNull(given(draft.gtins)),
    serialPatterns: orNull(given(draft.serialPatterns)),
    tests: planned(draft.tests),
    moduleTests: planned(draft.moduleTests),
    passport: orNull(Object.fromEntries(draft.passport.map((row) => [row.name.trim(), passportValueOf(row)]))),
  };
}

/** Return the fields of `next` that differ from those of `before`. */
export function changesOf(before: SkuBody, next: SkuBody): Partial<SkuBody> {
  const names = Object.keys(next) as (keyof SkuBody)[];
  return Object.fromEntries(
    names.flatMap((name) => (JSON.stringify(before[name]) === JSON.stringify(next[name]) ? [] : [[name, next[name]]])),
  );
}

/** Return what is wrong, by the place in the form, such as `name`, `limits.0` or `tests.1.limits.0`. */
export function errorsOf(draft: SkuDraft): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  addFieldErrors(found, draft);
  addLimitErrors(found, "limits", draft.limits);
  addStepErrors(found, "tests", draft.tests);
  addStepErrors(found, "moduleTests", draft.moduleTests);
  for (const [index, row] of draft.passport.entries()) {
    const isIncomplete = row.name.trim() === "" || row.value.trim() === "";
    if (isIncomplete) found[`passport.${index}`] = texts.sku.attributeIncomplete;
    else if (row.unit.trim() !== "" && !boundsOf(row.value).every(isDecimal))
      found[`passport.${index}`] = texts.sku.attributeWrong;
  }
  return found;
}

function addFieldErrors(found: Record<string, string>, draft: SkuDraft): void {
  for (const name of ["name", "chemistry"] as const) if (draft[name].trim() === "") found[name] = texts.sku.needed;
  for (const name of ["cellsPerModule", "modulesPerPack"] as const)
    if (!/^[1-9]\d{0,4}$/.test(draft[name].trim())) found[name] = texts.sku.wholeNumber;
  for (const name of ["nominalVoltage", "nominalCapacity"] as const)
    if (draft[name].trim() !== "" && !isDecimal(draft[name])) found[name] = texts.sku.number;
}

function addStepErrors(found: Record<string, string>, place: string, steps: readonly StepRow[]): void {
  for (const [index, { step, limits }] of steps.entries()) {
    if (step.trim() === "") found[`${place}.${index}`] = texts.sku.stepIncomplete;
    addLimitErrors(found, `${place}.${index}.limits`, limits);
  }
}

function addLimitErrors(found: Record<string, string>, place: string, rows: readonly LimitRow[]): void {
  for (const [index, row] of rows.entries()) {
    const bounds = [row.min, row.max].filter((text) => text.trim() !== "");
    const isIncomplete = row.name.trim() === "" || row.unit.trim() === "" || bounds.length === 0;
    if (isIncomplete) found[`${place}.${index}`] = texts.sku.limitIncomplete;
    else if (!bounds.every(isDecimal)) found[`${place}.${index}`] = texts.sku.number;
  }
}

function isDecimal(text: string): boolean {
  const value = parseTyped(text);
  return value !== null && !hasTooManyPlaces(value);
}

function decimalOf(text: string): Decimal | null {
  return text.trim() === "" ? null : parseTyped(text);
}

function perKind(values: Partial<Record<(typeof KINDS)[number], string | null>> = {}): PerKind {
  return { cell: values.cell ?? "", module: values.module ?? "", pack: values.pack ?? "" };
}

function rowsOf(limits: Limits): LimitRow[] {
  return Object.entries(limits).map(([name, { min = "", max = "", unit }]) => ({ name, min, max, unit }));
}

function stepsOf(steps: readonly TestStep[]): StepRow[] {
  return steps.map(({ step, required, limits }) => ({ step, required, limits: rowsOf(limits ?? {}) }));
}

function limitsOf(rows: readonly LimitRow[]): Limits {
  return Object.fromEntries(
    rows.map(({ name, min, max, unit }) => {
      const [low, high] = [decimalOf(min), decimalOf(max)];
      const bounds = { ...(low === null ? {} : { min: low }), ...(high === null ? {} : { max: high }) };
      return [name.trim(), { unit: unit.trim(), ...bounds }];
    }),
  );
}

function planned(rows: readonly StepRow[]): readonly TestStep[] | null {
  if (rows.length === 0) return null;
  return rows.map(({ step, required, limits }) => ({ step: step.trim(), required, limits: limitsOf(limits) }));
}

/** Return the number, or the two ends of a range. */
function boundsOf(value: string): string[] {
  return value.trim().split(/\s+to\s+/, 2);
}

function passportValueOf({ value, unit }: AttributeRow): PassportValue {
  if (unit.trim() === "") return { text: value.trim() };
  const [low = null, high] = boundsOf(value).map(parseTyped);
  if (high === undefined) return { ...(low === null ? {} : { value: low }), unit: unit.trim() };
  return { ...(low === null ? {} : { min: low }), ...(high === null ? {} : { max: high }), unit: unit.trim() };
}

function typedValue({ text, value, min = "", max = "", unit }: PassportValue): Omit<AttributeRow, "name"> {
  return { value: text ?? value ?? `${min} to ${max}`, unit: unit ?? "" };
}

/** Return a value of the passport for people. */
export function passportText(attribute: PassportValue): string {
  const { value, unit } = typedValue(attribute);
  return unit === "" ? value : `${value} ${unit}`;
}

function given(values: PerKind): Partial<PerKind> {
  return Object.fromEntries(KINDS.flatMap((kind) => (values[kind].trim() === "" ? [] : [[kind, values[kind].trim()]])));
}

function orNull<T extends object>(value: T): T | null {
  return Object.keys(value).length === 0 ? null : value;
}
