/** What a person typed about a test, as the API takes it, and why a pack with it cannot pass. */

import { type Decimal, hasTooManyPlaces, parseTyped } from "./decimals";
import { judge, type Limits, type Measurement, prevents, type Verdict } from "./limits";
import { texts } from "./texts";

/** A measurement without a limit. */
export interface Extra {
  name: string;
  value: string;
  unit: string;
}

export interface DispositionDraft {
  /** What was typed, by the name of the limit. */
  values: Readonly<Record<string, string>>;
  extras: readonly Extra[];
  notes: string;
}

export const EMPTY: DispositionDraft = { values: {}, extras: [], notes: "" };

export interface LimitReading {
  name: string;
  value: Decimal | undefined;
  verdict: Verdict;
  error: string | undefined;
}

export interface Reading {
  limited: readonly LimitReading[];
  /** The error of each measurement without a limit, by position. */
  extraErrors: readonly (string | undefined)[];
  measurements: Readonly<Record<string, Measurement>>;
  /** Whether something typed is no measurement, so that no decision can be sent. */
  invalid: boolean;
  /** The limits for which the pack cannot pass. */
  problems: readonly LimitReading[];
}

export function readDraft(draft: DispositionDraft, limits: Limits): Reading {
  const limited = Object.entries(limits).map(([name, limit]): LimitReading => {
    const typed = draft.values[name] ?? "";
    const error = typed.trim() === "" ? undefined : errorOf(typed);
    const value = error === undefined ? (parseTyped(typed) ?? undefined) : undefined;
    return { name, value, verdict: judge(value, limit), error };
  });
  const extraErrors = draft.extras.map((extra) => extraErrorOf(extra));
  return {
    limited,
    extraErrors,
    measurements: { ...measured(limited, limits), ...extraMeasured(draft.extras) },
    invalid: [...limited.map(({ error }) => error), ...extraErrors].some((error) => error !== undefined),
    problems: limited.filter(({ verdict }) => prevents(verdict)),
  };
}

function errorOf(typed: string): string | undefined {
  const value = parseTyped(typed);
  if (value === null) return texts.disposition.noNumber;
  return hasTooManyPlaces(value) ? texts.disposition.tooPrecise : undefined;
}

function extraErrorOf({ name, value, unit }: Extra): string | undefined {
  if ([name, value, unit].some((text) => text.trim() === "")) return texts.disposition.extraIncomplete;
  return errorOf(value);
}

function measured(limited: readonly LimitReading[], limits: Limits): Record<string, Measurement> {
  return Object.fromEntries(
    limited.flatMap(({ name, value }) => {
      const unit = limits[name]?.unit;
      return value === undefined || unit === undefined ? [] : [[name, { value, unit }]];
    }),
  );
}

function extraMeasured(extras: readonly Extra[]): Record<string, Measurement> {
  return Object.fromEntries(
    extras.map(({ name, value, unit }) => [name.trim(), { value: parseTyped(value) ?? "", unit: unit.trim() }]),
  );
}
