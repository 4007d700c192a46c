import { useMe } from "~/app/me";
import { PasswordForm } from "~/app/password-form";
import { KeyValueList } from "~/components/key-value-list";
import { PageHeader } from "~/components/page-header";
import { Columns, Panel } from "~/components/panel";
import { Badge } from "~/components/status-badge";
import { toast } from "~/components/toast";
import { entry } from "~/texts/entry";
import styles from "./page.module.css";
import { Sessions } from "./sessions";
import { texts } from "./texts";

/** The signed-in person's own account. */
export default function AccountPage() {
  return (
    <>
      <PageHeader title={texts.title} description={texts.description} />
      <Columns width="24rem">
        <Profile />
        <Sessions />
        <Panel title={texts.password}>
          <PasswordForm onChanged={() => toast.success(entry.changed)} />
        </Panel>
        <Permissions />
      </Columns>
    </>
  );
}

function Profile() {
  const { user, role, gameZone, reportsTo, skills } = useMe();
  const { fields } = texts;
  return (
    <Panel title={texts.profile}>
      <KeyValueList
        items={[
          { label: fields.name, value: user.fullName },
          { label: fields.username, value: user.username },
          { label: fields.email, value: user.email },
          { label: fields.phone, value: user.phone },
          { label: fields.role, value: role.name },
          { label: fields.organisation, value: user.organization },
          { label: fields.zone, value: gameZone },
          { label: fields.reportsTo, value: reportsTo?.fullName },
          { label: fields.skills, value: skills.length === 0 ? null : skills.join(", ") },
        ]}
      />
    </Panel>
  );
}

function Permissions() {
  const { permissions } = useMe();
  return (
    <Panel
      title={texts.permissions.title}
      actions={<Badge tone="neutral">{texts.permissions.count(permissions.length)}</Badge>}
    >
      <ul className={styles.permissions}>
        {permissions.map(({ code, scope }) => (
          <li key={code}>
            <span className="code">{code}</span>
            <span className={styles.scope}>{texts.permissions[scope]}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
