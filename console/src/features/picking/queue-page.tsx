import { useInfiniteQuery } from "@tanstack/react-query";
import { useAddressValue } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { Columns } from "~/components/panel";
import { AssignmentDrawer } from "./assignment-drawer";
import { AssignmentList } from "./assignment-list";
import { queueQuery } from "./queries";
import { ROLES, type Role } from "./states";
import { texts } from "./texts";

/** The queue of each role, in the order in which it is claimed. */
export default function QueuePage() {
  const [open, setOpen] = useAddressValue("assignment");
  return (
    <>
      <PageHeader title={texts.queue.title} description={texts.queue.description} />
      <Columns width="24rem">
        {ROLES.map((role) => (
          <RoleQueue key={role} role={role} open={open} onOpen={setOpen} />
        ))}
      </Columns>
      <AssignmentDrawer assignmentId={open} onClose={() => setOpen(null)} />
    </>
  );
}

interface RoleQueueProps {
  role: Role;
  open: string | null;
  onOpen: (assignmentId: string) => void;
}

function RoleQueue({ role, ...list }: RoleQueueProps) {
  const query = useInfiniteQuery(queueQuery({ role, zone: "" }));
  return <AssignmentList {...list} title={texts.roles[role]} query={query} empty={texts.queue.empty} />;
}
