import { ActionIcon } from "@mantine/core";
import { IconLogout2 } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useCan } from "~/app/me";
import { type Column, DataGrid } from "~/components/data-grid";
import { DateTime } from "~/components/date-time";
import { Panel } from "~/components/panel";
import { StateMessage } from "~/components/state-message";
import { tracePath } from "../links";
import type { ModuleDetail } from "../queries";
import { texts as line } from "../texts";
import { MAY_STEP } from "./permissions";
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
  const [asked, ask] = useState<string | null>(null);
  const isOpen = useCan()(MAY_STEP.bindCell) && module.status === "IN_PROGRESS";
  return (
    <Panel title={line.module.cells}>
      <DataGrid
        label={line.module.cells}
        columns={isOpen ? [...COLUMNS, actionsColumn(ask)] : COLUMNS}
        state={{ rows: module.cells, loading: false, error: null, retry: () => undefined }}
        rowId={({ serial }) => serial}
        onOpen={({ serial }) => void navigate(tracePath(serial))}
        empty={<StateMessage kind="empty" title={line.module.noCells} />}
      />
      {asked !== null && (
        <UnbindCell step={{ id: module.id, version: module.version }} serial={asked} onClose={() => ask(null)} />
      )}
    </Panel>
  );
}

function actionsColumn(ask: (serial: string) => void): Column<Cell> {
  return {
    id: "actions",
    header: texts.actions,
    width: "4rem",
    align: "end",
    cell: ({ serial }) => (
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={texts.unbindCell.actionOf(serial)}
        title={texts.unbindCell.action}
        onClick={(event) => {
          event.stopPropagation();
          ask(serial);
        }}
      >
        <IconLogout2 size={18} />
      </ActionIcon>
    ),
  };
}
