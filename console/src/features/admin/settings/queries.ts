import { queryOptions } from "@tanstack/react-query";
import { api } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import type { Snapshot } from "../edit";
import { type Key, keys } from "../queries";

export type Values = Readonly<Record<string, unknown>>;

export const PREFIX = "/v1/organisation/settings/";

/** The paths of all sections have the same shape; the types of one stand for them. */
type SettingsPath = "/v1/organisation/settings/maintenance";
type SettingsBody = Schema<"MaintenanceSettings">;

export function settingsQuery(section: string) {
  return queryOptions({
    queryKey: [...keys.settings, section],
    queryFn: async ({ signal }): Promise<Snapshot<Values>> =>
      snapshotOf(await api.GET(`${PREFIX}${section}` as SettingsPath, { signal })),
    ...live,
  });
}

export interface SettingsSave {
  section: string;
  version: string | number;
  values: Values;
}

export async function saveSettings({ section, version, values }: SettingsSave, key: Key): Promise<Snapshot<Values>> {
  const params = { header: { ...key, "If-Match": String(version) } };
  return snapshotOf(
    await api.PUT(`${PREFIX}${section}` as SettingsPath, { params, body: values as unknown as SettingsBody }),
  );
}

/** The version is that of the organisation, which all sections share; it comes as `ETag`. */
function snapshotOf({ data, response }: { data?: { data: object }; response: Response }): Snapshot<Values> {
  return { version: response.headers.get("ETag") ?? "", values: (data?.data ?? {}) as Values };
}
