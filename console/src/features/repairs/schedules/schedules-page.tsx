import { Button, SegmentedControl } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useCan } from "~/app/me";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { DateTime } from "~/components/date-time";
import { useAddressValue } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { MANAGE_SCHEDULES } from "../permissions";
import { Calendar } from "./calendar";
import styles from "./calendar.module.css";
import { type Schedule, schedulesOf, schedulesQuery } from "./queries";
import { ruleText } from "./rules";
import { ScheduleDrawer } from "./schedule-drawer";
import { CreateSchedule } from "./schedule-form";
import { STATES, stateOf } from "./states";
import { texts } from "./texts";

const LIST = "list";

/** The schedules of the person's zone: as a calendar, and as a list. */
export default function SchedulesPage() {
  const canManage = useCan()(MANAGE_SCHEDULES);
  const { state, paging } = useCursorRows(useInfiniteQuery(schedulesQuery), schedulesOf);
  const [openId, setOpen] = useAddressValue("schedule");
  const [view, setView] = useAddressValue("view");
  const [adding, setAdding] = useState(false);
  const isCalendar = view !== LIST && state.rows.length > 0;
  return (
    <>
      <PageHeader
        title={texts.title}
        description={texts.description}
        actions={
          <>
            <SegmentedControl
              aria-label={texts.views}
              value={view === LIST ? LIST : ""}
              onChange={(next) => setView(next || null)}
              data={[
                { value: "", label: texts.calendar },
                { value: LIST, label: texts.list },
              ]}
            />
            {canManage && (
              <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
                {texts.add}
              </Button>
            )}
          </>
        }
      />
      {isCalendar ? (
        <Calendar schedules={state.rows} onOpen={setOpen} />
      ) : (
        <DataGrid
          label={texts.title}
          columns={COLUMNS}
          state={state}
          paging={paging}
          rowId={({ id }) => id}
          selected={openId}
          onOpen={({ id }) => setOpen(id)}
          narrow={(schedule) => <Narrow schedule={schedule} />}
          empty={<StateMessage kind="empty" title={texts.empty} text={texts.emptyHint} />}
        />
      )}
      <ScheduleDrawer scheduleId={openId} onClose={() => setOpen(null)} />
      {adding && (
        <CreateSchedule
          onClose={() => setAdding(false)}
          onCreated={(id) => {
            setAdding(false);
            setOpen(id);
          }}
        />
      )}
    </>
  );
}

function Narrow({ schedule }: { schedule: Schedule }) {
  return (
    <span className={styles.narrow}>
      <strong>{schedule.itemText}</strong>
      <span>{ruleText(schedule.rrule)}</span>
    </span>
  );
}

function Next({ schedule }: { schedule: Schedule }) {
  return schedule.next === null ? null : <DateTime value={schedule.next.at} />;
}

const { columns } = texts;
const COLUMNS: readonly Column<Schedule>[] = [
  { id: "item", header: columns.item, width: "minmax(0, 2fr)", cell: ({ itemText }) => itemText },
  { id: "ride", header: columns.ride, show: "medium", cell: ({ ride }) => ride },
  {
    id: "rule",
    header: columns.rule,
    width: "minmax(0, 1.5fr)",
    cell: ({ rrule }) => <span title={rrule}>{ruleText(rrule)}</span>,
  },
  { id: "next", header: columns.next, width: "10rem", cell: (schedule) => <Next schedule={schedule} /> },
  {
    id: "state",
    header: columns.state,
    width: "7rem",
    cell: (schedule) => <StatusBadge state={stateOf(schedule)} states={STATES} />,
  },
];
