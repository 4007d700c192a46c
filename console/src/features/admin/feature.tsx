import { IconFileImport, IconHistory, IconKey, IconSettings, IconShieldLock, IconUsers } from "@tabler/icons-react";
import type { Feature, NavigationEntry } from "~/app/feature";
import type { PermissionRule } from "~/app/me";
import { codes } from "./permissions";
import { texts } from "./texts";

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
      title: texts.people.title,
      permission: codes.readPeople,
      load: () => import("./people/people-page"),
    },
    {
      path: "admin/roles",
      title: texts.roles.title,
      permission: codes.readRoles,
      load: () => import("./roles/roles-page"),
    },
    { path: "admin/api-keys", title: texts.keys.title, permission: codes.keys, load: () => import("./keys/keys-page") },
    {
      path: "admin/settings",
      title: texts.settings.title,
      permission: codes.readSettings,
      load: () => import("./settings/settings-page"),
    },
    {
      path: "admin/audit",
      title: texts.audit.title,
      permission: codes.audit,
      load: () => import("./audit/audit-page"),
    },
    {
      path: "admin/imports",
      title: texts.imports.title,
      permission: codes.imports,
      load: () => import("./imports/imports-page"),
    },
  ],
  navigation: [
    entry("people", IconUsers, 10, texts.people.title, codes.readPeople, "users accounts passwords administration"),
    entry("roles", IconShieldLock, 20, texts.roles.title, codes.readRoles, "permissions matrix scopes"),
    entry("api-keys", IconKey, 30, texts.keys.title, codes.keys, "tokens machines integration"),
    entry("settings", IconSettings, 40, texts.settings.title, codes.readSettings, "organisation company prefix hours"),
    entry("audit", IconHistory, 50, texts.audit.title, codes.audit, "trail history log changes refused"),
    entry("imports", IconFileImport, 60, texts.imports.title, codes.imports, "csv ndjson upload load file"),
  ],
};
