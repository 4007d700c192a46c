import { Button, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { shortId } from "~/components/copyable";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { DateTime } from "~/components/date-time";
import { FilterBar, SearchFilter, TimeFilter, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { Badge, readable } from "~/components/status-badge";
import { common } from "~/texts/common";
import { ActorName } from "../actor";
import { AuditDrawer } from "./audit-drawer";
import { type AuditRow, auditQuery, type AuditPage as Page, rowIdOf } from "./queries";
import { audit as texts } from "./texts";

const FILTERS = ["entityId", "actorId", "from", "to"] as const;

/** The audit trail, and one of its rows beside it. */
export default function AuditPage() {
  const filters = useFilters(FILTERS);
  const { values, set } = filters;
  const [open, setOpen] = useState<AuditRow | null>(null);
  const { state, paging } = useCursorRows(useInfiniteQuery(auditQuery(values)), rowsOf);
  return (
    <>
      <PageHeader title={texts.title} description={texts.description} />
      <FilterBar active={filters.active} onClear={filters.clear}>
        <SearchFilter
          label={texts.filters.entity}
          value={values.entityId}
          onChange={(value) => set("entityId", value)}
        />
        <IdFilter label={texts.filters.actor} value={values.actorId} onChange={(value) => set("actorId", value)} />
        <TimeFilter label={common.filters.from} value={values.from} onChange={(value) => set("from", value)} />
        <TimeFilter label={common.filters.to} value={values.to} onChange={(value) => set("to", value)} />
      </FilterBar>
      <DataGrid
        label={texts.list}
        columns={COLUMNS}
        state={state}
        paging={paging}
        rowId={rowIdOf}
        selected={open === null ? null : rowIdOf(open)}
        onOpen={setOpen}
        empty={
          <StateMessage kind="empty" title={texts.empty} text={texts.emptyHint}>
            {paging.kind === "cursor" && paging.hasMore && (
              <Button variant="default" loading={paging.loading} onClick={paging.onMore}>
                {texts.earlier}
              </Button>
            )}
          </StateMessage>
        }
      />
      <AuditDrawer
        row={open}
        onClose={() => setOpen(null)}
        onFilter={(name, value) => {
          setOpen(null);
          set(name, value);
        }}
      />
    </>
  );
}

interface IdFilterProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** An id, which takes effect when it is complete: with Enter or on leaving the input. */
function IdFilter({ label, value, onChange }: IdFilterProps) {
  const [text, setText] = useState<string | null>(null);
  const apply = (): void => {
    if (text !== null && text.trim() !== value) onChange(text.trim());
    setText(null);
  };
  return (
    <TextInput
      label={label}
      value={text ?? value}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={apply}
      onKeyDown={(event) => event.key === "Enter" && apply()}
    />
  );
}

function rowsOf(page: Page): readonly AuditRow[] {
  return page.data;
}

const COLUMNS: readonly Column<AuditRow>[] = [
  {
    id: "at",
    header: texts.columns.at,
    width: "7rem",
    cell: ({ timestamp }) => <DateTime value={timestamp} />,
  },
  {
    id: "action",
    header: texts.columns.action,
    width: "minmax(0, 1.4fr)",
    cell: ({ action_type: action }) => <span title={action}>{readable(action)}</span>,
  },
  {
    id: "entity",
    header: texts.columns.entity,
    width: "minmax(0, 1.4fr)",
    show: "medium",
    cell: ({ entity_type: type, entity_id: id }) => (
      <span title={id}>
        {readable(type)} <span className="code">{shortId(id)}</span>
      </span>
    ),
  },
  {
    id: "actor",
    header: texts.columns.actor,
    width: "minmax(0, 1fr)",
    show: "medium",
    cell: ({ actor_id: id, actor_name: name }) => <ActorName id={id} keyName={name} />,
  },
  {
    id: "outcome",
    header: texts.columns.outcome,
    width: "minmax(6rem, 13rem)",
    cell: ({ outcome }) =>
      outcome === "OK" ? <Badge tone="good">{texts.done}</Badge> : <Badge tone="bad">{readable(outcome)}</Badge>,
  },
];
