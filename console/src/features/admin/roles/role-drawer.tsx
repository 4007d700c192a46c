import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { useCommand } from "~/api/queries";
import { Can } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { Copyable } from "~/components/copyable";
import { DetailDrawer, DrawerSection } from "~/components/detail-drawer";
import { KeyValueList } from "~/components/key-value-list";
import { toast } from "~/components/toast";
import styles from "../admin.module.css";
import { codes } from "../permissions";
import { keys, type Role } from "../queries";
import { deleteRole } from "./queries";
import { roles as texts } from "./texts";

interface RoleDrawerProps {
  role: Role | null;
  onClose: () => void;
}

/** One role: its code, who has it, and its deletion. */
export function RoleDrawer({ role, onClose }: RoleDrawerProps) {
  const { detail } = texts;
  return (
    <DetailDrawer opened={role !== null} onClose={onClose} title={role?.name ?? ""}>
      {role !== null && (
        <DrawerSection title={role.name}>
          <KeyValueList
            items={[
              { label: detail.code, value: <Copyable text={role.code} /> },
              { label: detail.permissions, value: role.permissions.length },
              { label: detail.version, value: role.version },
            ]}
          />
          <p className={styles.links}>
            <Can permission={codes.readPeople}>
              <Link to={`/admin/people?role=${encodeURIComponent(role.code)}`}>{detail.people}</Link>
            </Can>
            <Can permission={codes.audit}>
              <Link to={`/admin/audit?entityId=${encodeURIComponent(role.code)}`}>{detail.history}</Link>
            </Can>
          </p>
          <Can permission={codes.manageRoles}>
            <DeleteRole role={role} onDeleted={onClose} />
          </Can>
        </DrawerSection>
      )}
    </DetailDrawer>
  );
}

function DeleteRole({ role, onDeleted }: { role: Role; onDeleted: () => void }) {
  const [asking, setAsking] = useState(false);
  const remove = useCommand<unknown, Role>({
    send: deleteRole,
    invalidates: [keys.roles],
    onSuccess: () => {
      toast.success(texts.detail.removed(role.name));
      onDeleted();
    },
  });
  return (
    <>
      <Button variant="default" c="var(--tone-bad)" onClick={() => setAsking(true)}>
        {texts.detail.remove}
      </Button>
      <ConfirmWithReason
        opened={asking}
        onClose={() => {
          remove.reset();
          setAsking(false);
        }}
        title={texts.detail.removeTitle(role.name)}
        text={texts.detail.removeText}
        action={texts.detail.remove}
        danger
        reason="none"
        draft={`admin.roles.delete:${role.code}`}
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutateAsync(role)}
      />
    </>
  );
}
