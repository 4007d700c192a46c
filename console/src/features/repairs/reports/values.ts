import { moneyOf } from "../money";
import type { ReportRow } from "./queries";
import { texts } from "./texts";

export function keyOf({ rideCode, technicianId, zone }: ReportRow): string {
  return rideCode ?? technicianId ?? zone ?? "";
}

/** The name of what a row is about; an empty id is that of nobody. */
export function nameOf(row: ReportRow): string {
  return row.rideName ?? row.technicianName ?? (keyOf(row) || texts.noTechnician);
}

export function costsOf({ partsCosts }: Pick<ReportRow, "partsCosts">): string {
  return partsCosts.map(({ amount, currency }) => moneyOf(amount, currency)).join(", ") || texts.none;
}

export function hoursOf(hours: number | null): string {
  return hours === null ? texts.none : texts.hours(hours);
}
