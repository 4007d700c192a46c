import { useAddressValue } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StepDialogs } from "../dialogs";
import { OrderDrawer } from "../order-drawer";
import { ChecklistDrawer } from "./checklist-drawer";
import { ChecklistGrid } from "./checklist-grid";
import { texts } from "./texts";

/** The checklists of the person's zone, or of all. */
export default function ChecklistsPage() {
  const [ref, setRef] = useAddressValue("checklist");
  const [orderId, setOrder] = useAddressValue("order");
  return (
    <StepDialogs>
      <PageHeader title={texts.checklists.title} description={texts.checklists.description} />
      <ChecklistGrid ride="" open={ref} onOpen={setRef} />
      <ChecklistDrawer checklistRef={ref} onClose={() => setRef(null)} />
      <OrderDrawer orderId={orderId} onClose={() => setOrder(null)} />
    </StepDialogs>
  );
}
