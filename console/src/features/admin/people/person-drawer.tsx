import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { Can, useCan } from "~/app/me";
import { Copyable } from "~/components/copyable";
import { DateTime, TimeAgo } from "~/components/date-time";
import { DetailDrawer, DrawerSection } from "~/components/detail-drawer";
import { ErrorNote } from "~/components/error-note";
import { KeyValueList } from "~/components/key-value-list";
import { StatusBadge } from "~/components/status-badge";
import { common } from "~/texts/common";
import styles from "../admin.module.css";
import { codes } from "../permissions";
import { type Person, personQuery, useRoleOptions } from "../queries";
import { EditPerson } from "./edit-person";
import { PersonActions } from "./person-actions";
import { STATES, stateOf } from "./states";
import { people as texts } from "./texts";

interface PersonDrawerProps {
  personId: string | null;
  onClose: () => void;
  onPassword: (password: string) => void;
}

/** Everything about one person, and what can be done. */
export function PersonDrawer({ personId, onClose, onPassword }: PersonDrawerProps) {
  const query = useQuery({ ...personQuery(personId ?? ""), enabled: personId !== null });
  const { data: person, error } = query;
  const [editing, setEditing] = useState<string | null>(null);
  return (
    <DetailDrawer
      opened={personId !== null}
      onClose={onClose}
      title={person?.fullName ?? texts.title}
      badge={person === undefined ? undefined : <StatusBadge state={stateOf(person)} states={STATES} />}
    >
      <ErrorNote error={error} onRetry={() => void query.refetch()} />
      {person === undefined && error === null && <Skeleton height={220} radius="md" />}
      {person !== undefined && editing === person.id && (
        <DrawerSection title={texts.edit.title}>
          <EditPerson person={person} onClose={() => setEditing(null)} />
        </DrawerSection>
      )}
      {person !== undefined && editing !== person.id && (
        <>
          <Can permission={codes.managePeople}>
            <div className={`${styles.buttons} ${styles.start}`}>
              <Button variant="default" onClick={() => setEditing(person.id)}>
                {common.actions.edit}
              </Button>
              <PersonActions person={person} onPassword={onPassword} />
            </div>
          </Can>
          <Detail person={person} />
        </>
      )}
    </DetailDrawer>
  );
}

function Detail({ person }: { person: Person }) {
  const { fields, detail } = texts;
  const roles = useRoleOptions();
  const superior = useQuery({ ...personQuery(person.reportsTo ?? ""), enabled: Boolean(person.reportsTo) }).data;
  return (
    <>
      <DrawerSection title={detail.profile}>
        <KeyValueList
          items={[
            { label: fields.username, value: person.username },
            { label: fields.role, value: roles.find(({ value }) => value === person.role)?.label ?? person.role },
            { label: fields.email, value: person.email },
            { label: fields.phone, value: person.phone && <span className="numbers">{person.phone}</span> },
            { label: fields.gameZone, value: person.gameZone },
            { label: fields.team, value: person.team },
            { label: fields.reportsTo, value: superior?.fullName ?? person.reportsTo },
            { label: fields.skills, value: person.skills.length === 0 ? null : person.skills.join(", ") },
          ]}
        />
      </DrawerSection>
      <DrawerSection title={detail.access}>
        <KeyValueList
          items={[
            {
              label: detail.lastSignIn,
              value: person.lastSignInAt ? <TimeAgo value={person.lastSignInAt} /> : detail.never,
            },
            { label: detail.lock, value: person.lockedUntil ? <DateTime value={person.lockedUntil} /> : detail.noLock },
          ]}
        />
      </DrawerSection>
      <DrawerSection title={detail.record}>
        <KeyValueList
          items={[
            { label: detail.id, value: <Copyable text={person.id} /> },
            { label: detail.created, value: <DateTime value={person.createdAt} /> },
            { label: detail.updated, value: <DateTime value={person.updatedAt} /> },
            { label: detail.version, value: person.version },
          ]}
        />
        <AuditLinks id={person.id} />
      </DrawerSection>
    </>
  );
}

function AuditLinks({ id }: { id: string }) {
  if (!useCan()(codes.audit)) return null;
  return (
    <p className={styles.links}>
      <Link to={`/admin/audit?entityId=${encodeURIComponent(id)}`}>{texts.detail.auditOf}</Link>
      <Link to={`/admin/audit?actorId=${encodeURIComponent(id)}`}>{texts.detail.auditBy}</Link>
    </p>
  );
}
