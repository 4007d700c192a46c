import { Button, MultiSelect, Skeleton } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { useDraft } from "~/app/drafts";
import { Can, useCan } from "~/app/me";
import { ErrorNote } from "~/components/error-note";
import { FilterBar, SearchFilter, useAddressValue, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { codes } from "../permissions";
import { type Role, rolesQuery } from "../queries";
import { CreateRole } from "./create-role";
import { Matrix } from "./matrix";
import { Review } from "./review";
import { RoleDrawer } from "./role-drawer";
import { type Scope, type Staged, type StagedRole, stage, withRole } from "./staged";
import { StagedBar } from "./staged-bar";
import styles from "./staged-bar.module.css";
import { roles as texts } from "./texts";

const FILTERS = ["q", "roles"] as const;
const NOTHING: { staged: Staged } = { staged: {} };
const NO_ROLES: readonly Role[] = [];

/** The roles of the organisation as a matrix. Changes are collected as a draft and saved by role. */
export default function RolesPage() {
  const filters = useFilters(FILTERS);
  const [open, setOpen] = useAddressValue("role");
  const [adding, setAdding] = useState(false);
  const [reviewing, setReviewing] = useState<string | null>(null);
  const query = useQuery(rolesQuery);
  const roles = query.data ?? NO_ROLES;
  const { staged, change, replace } = useStaged();
  const chosen = useMemo(() => filters.values.roles.split(",").filter(Boolean), [filters.values.roles]);
  const shown = useMemo(() => columnsOf(roles, chosen), [roles, chosen]);
  const permissions = useMemo(() => permissionsOf(roles, filters.values.q), [roles, filters.values.q]);
  const editable = useCan()(codes.manageRoles);
  const openRole = useCallback((role: Role) => setOpen(role.code), [setOpen]);
  const reviewed = roles.find(({ code }) => code === reviewing);
  const entry = staged[reviewing ?? ""];
  return (
    <>
      <PageHeader
        title={texts.title}
        description={texts.description}
        actions={
          <Can permission={codes.manageRoles}>
            <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
              {texts.add}
            </Button>
          </Can>
        }
      />
      <FilterBar active={filters.active} onClear={filters.clear}>
        <SearchFilter
          label={texts.filters.permission}
          value={filters.values.q}
          onChange={(value) => filters.set("q", value)}
        />
        <MultiSelect
          style={{ flex: "1 1 20rem", maxWidth: "40rem" }}
          label={texts.filters.role}
          data={roles.map(({ code, name }) => ({ value: code, label: name }))}
          searchable
          clearable
          hidePickedOptions
          value={chosen}
          onChange={(values) => filters.set("roles", values.join(","))}
        />
      </FilterBar>
      <Legend editable={editable} />
      <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      <StagedBar
        roles={roles}
        staged={staged}
        onReview={({ code }) => setReviewing(code)}
        onDiscard={({ code }) => replace(code, null)}
      />
      {query.isPending && <Skeleton height={420} radius="md" />}
      {query.data !== undefined && (
        <Matrix
          roles={shown}
          permissions={permissions}
          staged={staged}
          editable={editable}
          onChange={change}
          onOpen={openRole}
        />
      )}
      {reviewed !== undefined && entry !== undefined && (
        <Review
          role={reviewed}
          entry={entry}
          onClose={() => setReviewing(null)}
          onStaged={(next) => replace(reviewed.code, next)}
        />
      )}
      <CreateRole roles={roles} opened={adding} onClose={() => setAdding(false)} />
      <RoleDrawer role={roles.find(({ code }) => code === open) ?? null} onClose={() => setOpen(null)} />
    </>
  );
}

function Legend({ editable }: { editable: boolean }) {
  const { own, zone, org } = texts.legend;
  return (
    <p className={styles.legend}>
      {editable && <span>{texts.hint}</span>}
      {[
        [texts.scopes.own, own],
        [texts.scopes.zone, zone],
        [texts.scopes.org, org],
      ].map(([scope, text]) => (
        <span key={scope}>
          <b>{scope}</b>: {text}
        </span>
      ))}
    </p>
  );
}

/** The changes that are not saved yet, kept as a draft. The functions stay the same, so cells render only when they change. */
function useStaged() {
  const draft = useDraft("admin.roles", NOTHING);
  const latest = useRef(draft);
  latest.current = draft;
  const put = useCallback((staged: Staged): void => {
    if (Object.keys(staged).length === 0) latest.current.clear();
    else latest.current.change({ staged });
  }, []);
  const change = useCallback(
    (role: Role, permission: string, scope: Scope | null) =>
      put(stage(latest.current.value.staged, role, permission, scope)),
    [put],
  );
  const replace = useCallback(
    (code: string, entry: StagedRole | null) => put(withRole(latest.current.value.staged, code, entry)),
    [put],
  );
  return { staged: draft.value.staged, change, replace };
}

/** Return the roles to show as columns: the chosen ones, or all. */
function columnsOf(roles: readonly Role[], chosen: readonly string[]): readonly Role[] {
  return chosen.length === 0 ? roles : roles.filter(({ code }) => chosen.includes(code));
}

/** Return all permissions that some role has (a system administrator has every one) and that contain the text. */
function permissionsOf(roles: readonly Role[], text: string): readonly string[] {
  const all = new Set(roles.flatMap((role) => role.permissions.map(({ code }) => code)));
  return [...all].filter((code) => code.includes(text.toLowerCase())).sort();
}
