import { IconFileImport, IconHistory, IconKey, IconSettings, IconShieldLock, IconUsers } from "@tabler/icons-react";
import type { Feature, NavigationEntry } from "~/app/feature";
import type { PermissionRule } from "~/app/me";
import { names } from "./names";
import { codes } from "./permissions";

const section = "administration";

function entry(
  id: string,
  icon: NavigationEntry["icon"],
  order: number,
  title: string,
  permission: PermissionRule,
  keywords: string,
): NavigationEntry {
  return { to: `/admin/${id}`, label: title, icon, section, order, permission, keywords };
}

export const feature: Feature = {
  id: "admin",
  routes: [
    {
      path: "admin/people",
      title: names.people.title,
      permission: codes.readPeople,
      load: () => import("./people/people-page"),
    },
    {
      path: "admin/roles",
      title: names.roles.title,
      permission: codes.readRoles,
      load: () => import("./roles/roles-page"),
    },
    { path: "admin/api-keys", title: names.keys.title, permission: codes.keys, load: () => import("./keys/keys-page") },
    {
      path: "admin/settings",
      title: names.settings.title,
      permission: codes.readSettings,
      load: () => import("./settings/settings-page"),
    },
    {
      path: "admin/audit",
      title: names.audit.title,
      permission: codes.audit,
      load: () => import("./audit/audit-page"),
    },
    {
      path: "admin/imports",
      title: names.imports.title,
      permission: codes.imports,
      load: () => import("./imports/imports-page"),
    },
  ],
  navigation: [
    entry("people", IconUsers, 10, names.people.title, codes.readPeople, "users accounts passwords administration"),
    entry("roles", IconShieldLock, 20, names.roles.title, codes.readRoles, "permissions matrix scopes"),
    entry("api-keys", IconKey, 30, names.keys.title, codes.keys, "tokens machines integration"),
    entry("settings", IconSettings, 40, names.settings.title, codes.readSettings, "organisation company prefix hours"),
    entry("audit", IconHistory, 50, names.audit.title, codes.audit, "trail history log changes refused"),
    entry("imports", IconFileImport, 60, names.imports.title, codes.imports, "csv ndjson upload load file"),
  ],
};
