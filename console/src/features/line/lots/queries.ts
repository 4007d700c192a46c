import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import type { Headers } from "../commands";
import { keys } from "../queries";

export type Lot = Schema<"LotOfCells">;
export type LotStatus = Lot["status"];

const PAGE = 50;

export function lotsQuery(status: string) {
  return infiniteQueryOptions({
    queryKey: [...keys.all, "lots", status],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE, cursor: pageParam, status: (status || undefined) as LotStatus | undefined };
      return dataOf(api.GET("/v1/cell-lots", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.meta.nextCursor ?? undefined,
    ...live,
  });
}

export function createLot(body: Schema<"CreateCellLot">, header: Headers) {
  return dataOf(api.POST("/v1/cell-lots", { params: { header }, body }));
}

export function changeLot({ lot, version }: Lot, body: Schema<"ChangeLotStatus">, headers: Headers) {
  const header = { ...headers, "If-Match": `"${version}"` };
  return dataOf(api.PATCH("/v1/cell-lots/{lot}/status", { params: { path: { lot }, header }, body }));
}

export function correctLot(serial: string, body: Schema<"CorrectLot">, header: Headers) {
  return dataOf(api.PATCH("/v1/cells/{serial}/lot", { params: { path: { serial }, header }, body }));
}
