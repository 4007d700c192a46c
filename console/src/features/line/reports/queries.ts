import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import type { Schema } from "~/api/schema";
import { keys } from "../queries";

export type Report = Schema<"LineReport">;
export type ReportRow = Schema<"LineReportRow">;
export type Figures = Schema<"ReportedFigures">;
export type Measured = Schema<"ReportedMeasurement">;

export interface ReportFilter {
  by: Report["by"];
  /** Dates; empty for the last thirty days. */
  from: string;
  to: string;
}

const REPORT_MS = 60_000;

/** Yields, failures and capability. It is read again every minute. */
export function reportQuery(filter: ReportFilter) {
  return queryOptions({
    queryKey: [...keys.all, "reports", filter],
    queryFn: async ({ signal }) => {
      const request = api.GET("/v1/reports/line", { params: { query: parametersOf(filter) }, signal });
      // A text only where CSV is asked for.
      return ((await dataOf(request)) as { data: Report }).data;
    },
    refetchInterval: REPORT_MS,
    placeholderData: keepPreviousData,
  });
}

/** The same as CSV. */
export function readReportCsv(filter: ReportFilter): Promise<Blob> {
  return dataOf<Blob>(
    api.GET("/v1/reports/line", {
      params: { query: parametersOf(filter) },
      headers: { Accept: "text/csv" },
      parseAs: "blob",
    }),
  );
}

function parametersOf({ by, from, to }: ReportFilter) {
  return { by, from: from || undefined, to: to || undefined };
}
