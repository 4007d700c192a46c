import { queryOptions } from "@tanstack/react-query";
import { api } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { type Exact, exactOf } from "../exact";
import { keys } from "../queries";

export type Passport = Exact<Schema<"PassportView">>;
export type PassportEntry = Passport["attributes"][number];
export type MissingAttribute = NonNullable<Passport["completeness"]>["missing"][number];
export type PassportScope = Passport["view"];

export function passportQuery(packId: string, view: PassportScope) {
  return queryOptions({
    queryKey: [...keys.packs, "passport", packId, view],
    queryFn: async ({ signal }) => {
      const params = { path: { pack_id: packId }, query: { view } };
      const request = api.GET("/v1/packs/{pack_id}/passport", { params, signal, parseAs: "text" });
      return (await exactOf<"get_passport">(request)).data;
    },
    ...live,
  });
}

/** The QR code of a pack as the text of an SVG. It changes only with the settings of the organisation. */
export function qrQuery(packId: string) {
  return queryOptions({
    queryKey: [...keys.packs, "passport-qr", packId],
    queryFn: async ({ signal }) => {
      const params = { path: { pack_id: packId }, query: { format: "svg" as const } };
      const { data } = await api.GET("/v1/packs/{pack_id}/passport/qr", { params, signal, parseAs: "text" });
      return String(data);
    },
    retry: false,
  });
}
