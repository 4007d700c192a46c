import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useNavigate, useParams } from "react-router";
import { useCommand } from "~/api/queries";
import { useDraft } from "~/app/drafts";
import { PageHeader } from "~/components/page-header";
import { toast } from "~/components/toast";
import { Loaded } from "../loaded";
import { keys, type Sku, skuQuery } from "../queries";
import { texts as line } from "../texts";
import { editSku } from "./commands";
import { bodyOf, changesOf, draftOf, type SkuBody } from "./sku-draft";
import { SkuForm } from "./sku-form";
import { texts } from "./texts";

/** Edits a SKU that is a draft. */
export default function EditSkuPage() {
  const { skuId = "" } = useParams();
  const query = useQuery(skuQuery(skuId));
  const back = { to: `/line/skus/${skuId}`, label: line.skus.title };
  return (
    <Loaded query={query} title={line.skus.title} back={back} missing={line.missing.sku}>
      {(sku) => <Edit key={sku.id} sku={sku} />}
    </Loaded>
  );
}

/** Only what was changed is sent, in the version in which somebody began to type. */
function Edit({ sku }: { sku: Sku }) {
  const navigate = useNavigate();
  const stored = useMemo(() => ({ ...draftOf(sku), seen: sku.version }), [sku]);
  const draft = useDraft(`line.edit-sku:${sku.id}`, stored);
  const command = useCommand({
    send: (body: Partial<SkuBody>, headers) => editSku({ id: sku.id, version: draft.value.seen }, body, headers),
    invalidates: [keys.skus],
    onSuccess: () => leave(texts.sku.saved),
  });

  function leave(said: string): void {
    draft.clear();
    toast.success(said);
    void navigate(`/line/skus/${sku.id}`);
  }

  function save(): void {
    const changes = changesOf(bodyOf(stored), bodyOf(draft.value));
    if (Object.keys(changes).length === 0) leave(texts.sku.nothing);
    else command.mutate(changes);
  }

  return (
    <>
      <PageHeader
        title={texts.sku.editTitle(sku.name)}
        description={texts.sku.description}
        back={{ to: `/line/skus/${sku.id}`, label: sku.name }}
      />
      <SkuForm
        draft={draft}
        submit={texts.sku.save}
        pending={command.isPending}
        error={command.error}
        onSubmit={save}
        onDiscard={
          draft.dirty
            ? () => {
                command.reset();
                draft.clear();
              }
            : undefined
        }
      />
    </>
  );
}
