import type { Schema } from "~/api/schema";
import { compareDecimals, type Decimal, distanceOf } from "./decimals";
import type { Exact } from "./exact";

export type Limit = Exact<Schema<"Limit">>;
export type Measurement = Exact<Schema<"Measurement">>;
export type Limits = Readonly<Record<string, Limit>>;

/** How a measured value relates to its limit; `by` is the distance to the bound that it violates. */
export type Verdict =
  | { kind: "within" | "missing" | "unlimited" }
  | { kind: "below" | "above"; by: Decimal; bound: Decimal };

/** Judge a value as the server does: both bounds belong to what passes. */
export function judge(value: Decimal | undefined, limit: Limit | undefined): Verdict {
  if (limit === undefined) return { kind: "unlimited" };
  if (value === undefined) return { kind: "missing" };
  const { min, max } = limit;
  if (min !== undefined && compareDecimals(value, min) < 0)
    return { kind: "below", by: distanceOf(value, min), bound: min };
  if (max !== undefined && compareDecimals(value, max) > 0)
    return { kind: "above", by: distanceOf(value, max), bound: max };
  return { kind: "within" };
}

/** Whether a pack with this verdict on a limit cannot pass. */
export function prevents(verdict: Verdict): boolean {
  return verdict.kind === "missing" || verdict.kind === "below" || verdict.kind === "above";
}

/** Where a bar begins and ends: the limits with room around them. Drawing needs no exact numbers. */
export function rangeOf({ min, max }: Limit): { from: number; to: number } {
  const low = min === undefined ? undefined : Number(min);
  const high = max === undefined ? undefined : Number(max);
  if (low !== undefined && high !== undefined) {
    const room = (high - low || Math.abs(high) || 1) * 0.35;
    return { from: low - room, to: high + room };
  }
  const bound = low ?? high ?? 0;
  const size = Math.abs(bound) || 1;
  return low === undefined
    ? { from: Math.min(0, bound - size), to: bound + size * 0.4 }
    : { from: bound - size * 0.4, to: bound + size };
}

/** Return the place of a number on a bar, from 0 to 1; numbers beyond its ends stand at them. */
export function placeOf(value: number, { from, to }: { from: number; to: number }): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}
