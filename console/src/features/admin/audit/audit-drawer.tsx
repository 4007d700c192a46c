import { Button, Text } from "@mantine/core";
import { Copyable } from "~/components/copyable";
import { DateTime } from "~/components/date-time";
import { DetailDrawer, DrawerSection } from "~/components/detail-drawer";
import { JsonDiff } from "~/components/json-diff";
import { KeyValueList } from "~/components/key-value-list";
import { Badge, readable } from "~/components/status-badge";
import { ActorName } from "../actor";
import admin from "../admin.module.css";
import type { AuditRow } from "./queries";
import { audit as texts } from "./texts";

interface AuditDrawerProps {
  row: AuditRow | null;
  onClose: () => void;
  onFilter: (name: "entityId" | "actorId", value: string) => void;
}

/** One row of the audit trail: what changed, who did it, from where. */
export function AuditDrawer({ row, onClose, onFilter }: AuditDrawerProps) {
  return (
    <DetailDrawer
      opened={row !== null}
      onClose={onClose}
      title={readable(row?.action_type ?? "")}
      badge={row === null ? undefined : <Outcome outcome={row.outcome} />}
    >
      {row !== null && <Detail row={row} onFilter={onFilter} />}
    </DetailDrawer>
  );
}

function Outcome({ outcome }: { outcome: string }) {
  return outcome === "OK" ? <Badge tone="good">{texts.done}</Badge> : <Badge tone="bad">{texts.detail.refused}</Badge>;
}

function Detail({ row, onFilter }: { row: AuditRow; onFilter: AuditDrawerProps["onFilter"] }) {
  const { detail } = texts;
  return (
    <>
      <DrawerSection title={detail.changes}>
        {row.payload_diff === null ? (
          <Text size="sm">{detail.refusedText(row.outcome)}</Text>
        ) : (
          <JsonDiff diff={row.payload_diff} />
        )}
        {row.repeated > 0 && <Text size="sm">{detail.repeated(row.repeated)}</Text>}
      </DrawerSection>
      <DrawerSection title={detail.request}>
        <KeyValueList
          items={[
            { label: detail.at, value: <DateTime value={row.timestamp} /> },
            { label: detail.actor, value: <ActorName id={row.actor_id} keyName={row.actor_name} /> },
            { label: detail.actorId, value: <Copyable text={row.actor_id} /> },
            { label: detail.entity, value: readable(row.entity_type) },
            { label: detail.entityId, value: <Copyable text={row.entity_id} /> },
            { label: detail.action, value: <span className="code">{row.action_type}</span> },
            { label: detail.requestId, value: <Copyable text={row.request_id} /> },
            { label: detail.address, value: row.client?.address },
            { label: detail.program, value: row.client?.userAgent || null },
          ]}
        />
        <div className={`${admin.buttons} ${admin.start}`}>
          <Button variant="default" size="compact-sm" onClick={() => onFilter("entityId", row.entity_id)}>
            {detail.ofEntity}
          </Button>
          <Button variant="default" size="compact-sm" onClick={() => onFilter("actorId", row.actor_id)}>
            {detail.ofActor}
          </Button>
        </div>
      </DrawerSection>
    </>
  );
}
