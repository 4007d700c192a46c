import { ActionIcon } from "@mantine/core";
import { IconLogout2, IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useCan } from "~/app/me";
import { type Column, DataGrid } from "~/components/data-grid";
import { DateTime } from "~/components/date-time";
import { Panel } from "~/components/panel";
import { StateMessage } from "~/components/state-message";
import { tracePath } from "../links";
import { CorrectLot } from "../lots/correct-lot";
import { MAY_LOT } from "../lots/permissions";
import { texts as lots } from "../lots/texts";
import type { ModuleDetail } from "../queries";
import { texts as line } from "../texts";
import { MAY_STEP } from "./permissions";
import styles from "./steps.module.css";
import { texts } from "./texts";
import { UnbindCell } from "./unbind-cell";

type Cell = ModuleDetail["cells"][number];

const COLUMNS: readonly Column<Cell>[] = [
  {
    id: "serial",
    header: line.columns.serial,
    width: "minmax(0, 1.5fr)",
    cell: ({ serial }) => (
      <span className="code" title={serial}>
        {serial}
      </span>
    ),
  },
  {
    id: "lot",
    header: line.columns.lot,
    width: "minmax(0, 1fr)",
    cell: ({ lot }) => (
      <span className="code" title={lot}>
        {lot ?? "–"}
      </span>
    ),
  },
  {
    id: "bound",
    header: line.columns.bound,
    width: "8rem",
    align: "end",
    show: "medium",
    cell: ({ boundAt }) => <DateTime value={boundAt} />,
  },
];

/** The cells of a module. Until it is sealed, each can be unbound. */
export function ModuleCells({ module }: { module: ModuleDetail }) {
  const navigate = useNavigate();
  const [asked, ask] = useState<Parameters<Ask>[0] | null>(null);
  const can = useCan();
  const mayUnbind = can(MAY_STEP.bindCell) && module.status === "IN_PROGRESS";
  const mayCorrect = can(MAY_LOT.correct);
  return (
    <Panel title={line.module.cells}>
      <DataGrid
        label={line.module.cells}
        columns={mayUnbind || mayCorrect ? [...COLUMNS, actionsColumn(ask, mayUnbind, mayCorrect)] : COLUMNS}
        state={{ rows: module.cells, loading: false, error: null, retry: () => undefined }}
        rowId={({ serial }) => serial}
        onOpen={({ serial }) => void navigate(tracePath(serial))}
        empty={<StateMessage kind="empty" title={line.module.noCells} />}
      />
      {asked?.step === "unbind" && (
        <UnbindCell
          step={{ id: module.id, version: module.version }}
          serial={asked.cell.serial}
          onClose={() => ask(null)}
        />
      )}
      {asked?.step === "correct" && (
        <CorrectLot serial={asked.cell.serial} lot={asked.cell.lot} onClose={() => ask(null)} />
      )}
    </Panel>
  );
}

type Ask = (asked: { step: "unbind" | "correct"; cell: Cell }) => void;

function actionsColumn(ask: Ask, mayUnbind: boolean, mayCorrect: boolean): Column<Cell> {
  return {
    id: "actions",
    header: texts.actions,
    width: "5rem",
    align: "end",
    cell: (cell) => (
      <span className={styles.rowActions}>
        {mayCorrect && (
          <ActionIcon
            variant="subtle"
            size="lg"
            aria-label={lots.correct.actionOf(cell.serial)}
            title={lots.correct.action}
            onClick={(event) => {
              event.stopPropagation();
              ask({ step: "correct", cell });
            }}
          >
            <IconPencil size={18} />
          </ActionIcon>
        )}
        {mayUnbind && (
          <ActionIcon
            variant="subtle"
            size="lg"
            aria-label={texts.unbindCell.actionOf(cell.serial)}
            title={texts.unbindCell.action}
            onClick={(event) => {
              event.stopPropagation();
              ask({ step: "unbind", cell });
            }}
          >
            <IconLogout2 size={18} />
          </ActionIcon>
        )}
      </span>
    ),
  };
}
