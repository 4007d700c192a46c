import { useNavigate } from "react-router";
import { useCommand } from "~/api/queries";
import { useDraft } from "~/app/drafts";
import { PageHeader } from "~/components/page-header";
import { toast } from "~/components/toast";
import { keys } from "../queries";
import { texts as line } from "../texts";
import { createSku } from "./commands";
import { bodyOf, EMPTY, type SkuBody } from "./sku-draft";
import { SkuForm } from "./sku-form";
import { texts } from "./texts";

/** Creates a SKU. */
export default function NewSkuPage() {
  const navigate = useNavigate();
  const draft = useDraft("line.new-sku", EMPTY);
  const command = useCommand({
    send: (body: SkuBody, header) => createSku(body, header),
    invalidates: [keys.skus],
    onSuccess: ({ data }) => {
      draft.clear();
      toast.success(texts.sku.created);
      void navigate(`/line/skus/${data.id}`);
    },
  });
  return (
    <>
      <PageHeader
        title={texts.sku.newTitle}
        description={texts.sku.description}
        back={{ to: "/line/skus", label: line.skus.title }}
      />
      <SkuForm
        draft={draft}
        submit={texts.sku.create}
        pending={command.isPending}
        error={command.error}
        onSubmit={() => command.mutate(bodyOf(draft.value))}
      />
    </>
  );
}
