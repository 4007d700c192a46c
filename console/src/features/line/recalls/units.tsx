import { ActionIcon, Button } from "@mantine/core";
import { IconArrowBackUp, IconCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useCan } from "~/app/me";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { DateTime } from "~/components/date-time";
import { Panel } from "~/components/panel";
import { SaveCsvButton } from "~/components/save-csv-button";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { tracePath } from "../links";
import page from "../page.module.css";
import { TRACED_STATES } from "../states";
import { MarkUnits, useMarkUnits } from "./mark-units";
import { MAY_RECALL } from "./permissions";
import { type RecallDetail, readUnitsCsv, type Unit, type UnitsPage, unitsQuery } from "./queries";
import { texts } from "./texts";

/** The affected units of a case, with their customers; while it is open, each can be marked as dealt with. */
export function Units({ recall: { id, status } }: { recall: RecallDetail }) {
  const navigate = useNavigate();
  const { state, paging } = useCursorRows(useInfiniteQuery(unitsQuery(id, status === "COLLECTING")), unitsOf);
  const [asked, ask] = useState<readonly string[] | null>(null);
  const unmark = useMarkUnits(id);
  const mayMark = useCan()(MAY_RECALL.manage) && status === "OPEN";
  const open = state.rows.filter(({ handledAt }) => handledAt === undefined).map(({ serial }) => serial);
  const marks = actionsColumn(
    (serial) => ask([serial]),
    (serial) => unmark.mutate({ serials: [serial], handled: false }),
  );
  return (
    <Panel title={texts.affected} actions={<SaveCsvButton read={() => readUnitsCsv(id)} name={`${id}.csv`} />}>
      <div className={page.stack}>
        <div className={page.foot}>
          <p className={page.note}>{texts.frozen}</p>
          {mayMark && open.length > 0 && (
            <Button size="compact-md" variant="default" onClick={() => ask(open)}>
              {texts.mark.all(open.length)}
            </Button>
          )}
        </div>
        <DataGrid
          label={texts.affected}
          columns={mayMark ? [...COLUMNS, marks] : COLUMNS}
          narrow={narrowUnit}
          state={state}
          paging={paging}
          rowId={({ serial }) => serial}
          onOpen={({ serial }) => void navigate(tracePath(serial))}
          empty={<StateMessage kind="empty" title={texts.noUnits} text={texts.noUnitsHint} />}
        />
      </div>
      {asked !== null && <MarkUnits recallId={id} serials={asked} onClose={() => ask(null)} />}
    </Panel>
  );
}

function unitsOf({ data }: UnitsPage): readonly Unit[] {
  return data;
}

const { columns } = texts;

const COLUMNS: readonly Column<Unit>[] = [
  { id: "serial", header: columns.serial, width: "minmax(0, 1.5fr)", cell: (unit) => <Serial unit={unit} /> },
  { id: "status", header: columns.unitStatus, width: "9rem", cell: (unit) => <Status unit={unit} /> },
  {
    id: "place",
    header: columns.place,
    width: "minmax(0, 1.5fr)",
    show: "medium",
    cell: (unit) => <span title={placeOf(unit)}>{placeOf(unit)}</span>,
  },
  {
    id: "customer",
    header: columns.customer,
    width: "minmax(0, 1.5fr)",
    cell: (unit) => <span title={customerOf(unit)}>{customerOf(unit)}</span>,
  },
  {
    id: "bound",
    header: columns.bound,
    width: "8rem",
    align: "end",
    show: "wide",
    cell: ({ boundAt }) => (boundAt === undefined ? "–" : <DateTime value={boundAt} />),
  },
];

function actionsColumn(mark: (serial: string) => void, unmark: (serial: string) => void): Column<Unit> {
  return {
    id: "actions",
    header: columns.actions,
    width: "4rem",
    align: "end",
    cell: ({ serial, handledAt }) => {
      const isOpen = handledAt === undefined;
      return (
        <ActionIcon
          variant="subtle"
          size="lg"
          aria-label={isOpen ? texts.mark.actionOf(serial) : texts.unmark.actionOf(serial)}
          onClick={(event) => {
            event.stopPropagation();
            (isOpen ? mark : unmark)(serial);
          }}
        >
          {isOpen ? <IconCheck size={18} /> : <IconArrowBackUp size={18} />}
        </ActionIcon>
      );
    },
  };
}

function Serial({ unit: { serial } }: { unit: Unit }) {
  return (
    <span className="code" title={serial}>
      {serial}
    </span>
  );
}

function Status({ unit: { handledAt, packStatus, status } }: { unit: Unit }) {
  if (handledAt !== undefined) return <StatusBadge state="handled" states={HANDLED} />;
  return <StatusBadge state={packStatus ?? status} states={TRACED_STATES} />;
}

const HANDLED = { handled: { label: texts.handled, tone: "good" } } as const;

function placeOf({ packSerial, moduleSerial }: Unit): string {
  if (packSerial !== undefined) return texts.inPack(packSerial);
  return moduleSerial === undefined ? texts.nowhere : texts.inModule(moduleSerial);
}

function customerOf({ customer, order, returnedAt }: Unit): string {
  if (customer === undefined) return "–";
  const named = texts.order(customer, order);
  return returnedAt === undefined ? named : `${named} (${texts.returned})`;
}

function narrowUnit(unit: Unit) {
  return (
    <div className={page.narrow}>
      <div className={page.narrowLine}>
        <Serial unit={unit} />
        <Status unit={unit} />
      </div>
      <p className={page.note}>
        {placeOf(unit)}
        {unit.customer !== undefined && ` · ${customerOf(unit)}`}
      </p>
    </div>
  );
}
