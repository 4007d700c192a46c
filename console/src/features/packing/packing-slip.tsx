import { Button } from "@mantine/core";
import { IconFileTypePdf } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { ErrorNote } from "~/components/error-note";
import { saveFile } from "~/components/save-file";
import { readSlip, type ShipmentDetails } from "./queries";
import { texts } from "./texts";

/** Saves the packing slip of a shipment as a PDF: what is packed at this moment. */
export function PackingSlip({ details: { id, shipment_number: number } }: { details: ShipmentDetails }) {
  const slip = useMutation({
    mutationFn: () => readSlip(id),
    onSuccess: (pdf) => saveFile(pdf, `packing-slip-${number}.pdf`),
  });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFileTypePdf size={16} />}
        loading={slip.isPending}
        onClick={() => slip.mutate()}
      >
        {texts.slip.action}
      </Button>
      <ErrorNote error={slip.error} />
    </>
  );
}
