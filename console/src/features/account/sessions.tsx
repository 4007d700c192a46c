import { Button, Skeleton } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useCommand } from "~/api/queries";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { TimeAgo } from "~/components/date-time";
import { ErrorNote } from "~/components/error-note";
import { Panel } from "~/components/panel";
import { Badge } from "~/components/status-badge";
import { toast } from "~/components/toast";
import { deviceName, isPhone } from "./devices";
import { endOtherSessions, endSession, keys, type Session, sessionsQuery } from "./queries";
import styles from "./sessions.module.css";
import { texts } from "./texts";

/** Where the person is signed in. Any session can be ended, and all of them at once. */
export function Sessions() {
  const { data, error, refetch } = useQuery(sessionsQuery);
  const [asking, setAsking] = useState(false);
  const others = data?.filter((session) => !session.current).length ?? 0;
  const end = useCommand<unknown, string>({
    send: endSession,
    invalidates: [keys.sessions],
    onSuccess: () => toast.success(texts.sessions.ended),
  });
  return (
    <Panel
      title={texts.sessions.title}
      actions={
        others > 0 && (
          <Button variant="default" size="compact-sm" onClick={() => setAsking(true)}>
            {texts.sessions.endOthers}
          </Button>
        )
      }
    >
      <ErrorNote error={error ?? end.error} onRetry={() => void refetch()} />
      {data === undefined && error === null && <Skeleton height={140} radius="md" />}
      <ul className={styles.list}>
        {data?.map((session) => (
          <Row
            key={session.id}
            session={session}
            ending={end.isPending && end.variables === session.id}
            onEnd={() => end.mutate(session.id)}
          />
        ))}
      </ul>
      <EndOthers opened={asking} onClose={() => setAsking(false)} />
    </Panel>
  );
}

interface RowProps {
  session: Session;
  ending: boolean;
  onEnd: () => void;
}

function Row({ session, ending, onEnd }: RowProps) {
  const name = deviceName(session.device) ?? texts.sessions.unknownDevice;
  const Icon = isPhone(session.device) ? IconDeviceMobile : IconDeviceDesktop;
  return (
    <li className={styles.session}>
      <Icon size={22} stroke={1.5} aria-hidden="true" />
      <div className={styles.text}>
        <p className={styles.device} title={session.device ?? undefined}>
          {name}
        </p>
        <p className={styles.meta}>
          {session.address !== null && <>{session.address} · </>}
          {texts.sessions.lastUsed} <TimeAgo value={session.lastUsedAt} />
        </p>
      </div>
      {session.current ? (
        <Badge tone="active">{texts.sessions.current}</Badge>
      ) : (
        <Button
          variant="default"
          size="compact-sm"
          loading={ending}
          aria-label={texts.sessions.endSession(name)}
          onClick={onEnd}
        >
          {texts.sessions.end}
        </Button>
      )}
    </li>
  );
}

function EndOthers({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const end = useCommand<unknown>({
    send: (_, header) => endOtherSessions(header),
    invalidates: [keys.sessions],
    onSuccess: () => {
      toast.success(texts.sessions.othersEnded);
      onClose();
    },
  });
  return (
    <ConfirmWithReason
      opened={opened}
      onClose={onClose}
      title={texts.sessions.endOthersTitle}
      text={texts.sessions.endOthersText}
      action={texts.sessions.endOthers}
      reason="none"
      danger
      draft="account.end-others"
      pending={end.isPending}
      error={end.error}
      onConfirm={() => end.mutateAsync()}
    />
  );
}
