import { shortId } from "~/components/copyable";
import type { Tone } from "~/components/status-badge";
import type { Measured, Report, ReportRow } from "./queries";
import { texts } from "./texts";

/** A process with at least this Cpk is called capable; below 1 it is not. */
const CAPABLE = 1.33;
const BARELY = 1;

export function keyOf({ skuId, batchId, station }: ReportRow): string {
  return `${skuId ?? ""} ${batchId ?? ""} ${station ?? ""}`;
}

/** Return the name of what a row is about. */
export function nameOf({ skuName, batchId, station }: ReportRow, by: Report["by"]): string {
  if (by === "station") return station ?? texts.noStation;
  const sku = skuName ?? texts.none;
  return batchId === null ? sku : `${sku} (${shortId(batchId)})`;
}

export function percentOf(fraction: number | null): string {
  return fraction === null ? texts.none : texts.percent(fraction);
}

export function numberOf(value: number | null): string {
  return value === null ? texts.none : value.toLocaleString("en", { maximumFractionDigits: 4 });
}

export function capabilityTone(cpk: number): Tone {
  if (cpk >= CAPABLE) return "good";
  return cpk >= BARELY ? "warning" : "bad";
}

/** Return the lowest Cpk of a row, or null. */
export function lowestCpk({ measurements }: ReportRow): number | null {
  const all = measurements.flatMap(({ cpk }) => (cpk === null ? [] : [cpk]));
  return all.length === 0 ? null : Math.min(...all);
}

export interface Failures {
  name: string;
  below: number;
  above: number;
  missing: number;
}

/** Return how often each measurement failed in all rows, the one that failed most first. */
export function failuresOf(rows: readonly ReportRow[]): readonly Failures[] {
  const found = new Map<string, Failures>();
  for (const measured of rows.flatMap(({ measurements }) => measurements)) {
    const name = measured.step === null ? measured.name : `${measured.step}: ${measured.name}`;
    const before = found.get(name) ?? { name, below: 0, above: 0, missing: 0 };
    found.set(name, {
      name,
      below: before.below + measured.below,
      above: before.above + measured.above,
      missing: before.missing + measured.missing,
    });
  }
  return [...found.values()].filter((one) => sumOf(one) > 0).sort((one, other) => sumOf(other) - sumOf(one));
}

function sumOf({ below, above, missing }: Failures): number {
  return below + above + missing;
}

/** Where a plot begins and ends: the limits and three standard deviations, with room around them. */
export function plotOf({ min, max, mean, standardDeviation }: Measured): { from: number; to: number } {
  const spread = 3 * (standardDeviation ?? 0);
  const ends = [min, max, ...(mean === null ? [] : [mean - spread, mean + spread])].filter((end) => end !== null);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = (high - low || Math.abs(high) || 1) * 0.12;
  return { from: low - room, to: high + room };
}

/** Return the limits in words. */
export function limitsText({ min, max, unit }: Measured): string {
  const words = texts.capability;
  if (min !== null && max !== null) return words.between(numberOf(min), `${numberOf(max)} ${unit}`);
  return min === null ? words.atMost(`${numberOf(max)} ${unit}`) : words.atLeast(`${numberOf(min)} ${unit}`);
}

/** Return what a plot shows in words. */
export function plotText(measured: Measured): string {
  const { mean, standardDeviation } = measured;
  const limits = limitsText(measured);
  if (mean === null) return limits;
  if (standardDeviation === null) return texts.capability.onlyMean(numberOf(mean), limits);
  const [low, high] = [mean - 3 * standardDeviation, mean + 3 * standardDeviation];
  return texts.capability.spread(numberOf(low), numberOf(mean), numberOf(high), limits);
}
