import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";

export type Overview = Schema<"OverviewView">;
export type DomainName = Exclude<keyof Overview, "firstHour">;

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => dataOf(api.GET("/v1/overview", { signal })),
  ...live,
});
