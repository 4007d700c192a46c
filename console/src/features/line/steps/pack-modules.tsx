import { ActionIcon, Button } from "@mantine/core";
import { IconArrowsExchange, IconLogout2, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useCan } from "~/app/me";
import { type Column, DataGrid } from "~/components/data-grid";
import { DateTime } from "~/components/date-time";
import { Panel } from "~/components/panel";
import { StateMessage } from "~/components/state-message";
import page from "../page.module.css";
import type { PackDetail } from "../queries";
import { texts as line } from "../texts";
import { ChangeModules, type ModuleChange } from "./change-modules";
import { MAY_STEP } from "./permissions";
import styles from "./steps.module.css";
import { texts } from "./texts";

type PackModule = PackDetail["modules"][number];
type Ask = (change: ModuleChange) => void;

/** The modules of a pack. While it is open, each can be taken out or swapped, and others put in. */
export function PackModules({ pack }: { pack: PackDetail }) {
  const navigate = useNavigate();
  const [asked, ask] = useState<ModuleChange | null>(null);
  const mayBind = useCan()(MAY_STEP.bindModule);
  const isOpen = mayBind && ["DRAFT", "IN_PROGRESS", "REWORK"].includes(pack.status);
  const hasRoom = pack.modulesBound < pack.modulesRequired;
  return (
    <Panel
      title={line.pack.modules}
      actions={
        isOpen && hasRoom ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => ask({ kind: "in" })}
          >
            {texts.bindModule.action}
          </Button>
        ) : undefined
      }
    >
      <div className={page.parts}>
        <DataGrid
          label={line.pack.modules}
          columns={isOpen ? [...COLUMNS, actionsColumn(ask)] : COLUMNS}
          state={{ rows: pack.modules, loading: false, error: null, retry: () => undefined }}
          rowId={({ id }) => id}
          onOpen={({ id }) => void navigate(`/line/modules/${id}`)}
          empty={<StateMessage kind="empty" title={line.pack.noModules} />}
        />
      </div>
      {asked !== null && (
        <ChangeModules key={`${asked.kind} ${asked.module?.id}`} pack={pack} change={asked} onClose={() => ask(null)} />
      )}
    </Panel>
  );
}

const COLUMNS: readonly Column<PackModule>[] = [
  {
    id: "serial",
    header: line.columns.serial,
    width: "minmax(0, 1fr)",
    cell: ({ serial }) => (
      <span className="code" title={serial}>
        {serial}
      </span>
    ),
  },
  {
    id: "bound",
    header: line.columns.bound,
    width: "9rem",
    align: "end",
    cell: ({ boundAt }) => <DateTime value={boundAt} />,
  },
];

function actionsColumn(ask: Ask): Column<PackModule> {
  return {
    id: "actions",
    header: texts.actions,
    width: "5rem",
    align: "end",
    cell: (module) => (
      <span className={styles.rowActions}>
        <ActionIcon
          variant="subtle"
          size="lg"
          aria-label={texts.swap.actionOf(module.serial)}
          title={texts.swap.action}
          onClick={(event) => {
            event.stopPropagation();
            ask({ kind: "swap", module });
          }}
        >
          <IconArrowsExchange size={18} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          size="lg"
          aria-label={texts.unbindModule.actionOf(module.serial)}
          title={texts.unbindModule.action}
          onClick={(event) => {
            event.stopPropagation();
            ask({ kind: "out", module });
          }}
        >
          <IconLogout2 size={18} />
        </ActionIcon>
      </span>
    ),
  };
}
