import { Button } from "@mantine/core";
import { Link } from "react-router";
import { Can } from "~/app/me";
import { StepWithReason } from "~/components/step-with-reason";
import { keys, type Sku } from "../queries";
import { RefusalNote } from "../steps/refusal-note";
import { retireSku } from "./commands";
import { NewBatch } from "./new-batch";
import { MAY_CREATE } from "./permissions";
import { texts } from "./texts";

const words = texts.sku;

/** The steps of a SKU beside its activation: edit a draft, create a batch of an active one, and retire it. */
export function SkuSteps({ sku: { id, version, status } }: { sku: Sku }) {
  return (
    <>
      {status === "DRAFT" && (
        <Can permission={MAY_CREATE.editSku}>
          <Button component={Link} to={`/line/skus/${id}/edit`} variant="default">
            {words.edit}
          </Button>
        </Can>
      )}
      {status === "ACTIVE" && <NewBatch skuId={id} />}
      <Can permission={MAY_CREATE.retireSku}>
        <StepWithReason
          shown={status !== "RETIRED"}
          texts={{
            action: words.retire,
            title: words.retireTitle,
            text: status === "DRAFT" ? words.retireDraftText : words.retireText,
            done: words.retired,
          }}
          reason="none"
          draft={`line.retire:${id}`}
          send={(_, headers) => retireSku({ id, version }, headers)}
          invalidates={[keys.all]}
          note={(error) => <RefusalNote error={error} />}
        />
      </Can>
    </>
  );
}

/** Leads to the form of a new SKU. */
export function NewSku() {
  return (
    <Can permission={MAY_CREATE.sku}>
      <Button component={Link} to="/line/skus/new" variant="default">
        {words.action}
      </Button>
    </Can>
  );
}
