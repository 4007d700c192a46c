import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import type { Schema } from "~/api/schema";
import { keys } from "../queries";

export type Report = Schema<"WorkOrderReport">;
export type ReportRow = Schema<"WorkOrderReportRow">;

export interface ReportFilter {
  by: Report["by"];
  /** Dates; empty for the last thirty days. */
  from: string;
  to: string;
}

const REPORT_MS = 60_000;

/** What was opened, repaired and overdue. It is read again every minute. */
export function reportQuery(filter: ReportFilter) {
  return queryOptions({
    queryKey: [...keys.all, "reports", filter],
    // A text only where CSV is asked for.
    queryFn: ({ signal }) =>
      dataOf(
        api.GET("/v1/reports/work-orders", { params: { query: parametersOf(filter) }, signal }),
      ) as Promise<Report>,
    refetchInterval: REPORT_MS,
    placeholderData: keepPreviousData,
  });
}

/** The same as CSV. */
export function readReportCsv(filter: ReportFilter): Promise<Blob> {
  return dataOf<Blob>(
    api.GET("/v1/reports/work-orders", {
      params: { query: parametersOf(filter) },
      headers: { Accept: "text/csv" },
      parseAs: "blob",
    }),
  );
}

function parametersOf({ by, from, to }: ReportFilter) {
  return { by, from: from || undefined, to: to || undefined };
}
