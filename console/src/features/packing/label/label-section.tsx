import { Button, Skeleton } from "@mantine/core";
import { IconDownload, IconPrinter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { createPortal } from "react-dom";
import { ErrorNote } from "~/components/error-note";
import { type BoxDetails, labelQuery } from "../queries";
import { texts } from "../texts";
import styles from "./label.module.css";
import { LabelPicture } from "./label-picture";
import { parseZpl } from "./zpl";

/** The label of a box: a preview, and ways to print it. Only closed boxes with an SSCC have one. */
export function LabelSection({ details, shipmentNumber }: { details: BoxDetails; shipmentNumber: string }) {
  const { box } = details;
  const { data, error, refetch } = useQuery({
    ...labelQuery(details),
    enabled: box.status === "closed" && box.sscc !== null,
  });
  if (box.status !== "closed") return <p className={styles.hint}>{texts.label.open}</p>;
  if (box.sscc === null) return <p className={styles.hint}>{texts.label.withoutSscc}</p>;
  if (data !== undefined) {
    const name = `${shipmentNumber}-${box.box_number}`;
    return <Preview zpl={data} file={`label-${name}.zpl`} name={texts.label.name(box.box_number, box.sscc)} />;
  }
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  return <Skeleton height={320} width="21rem" maw="100%" radius="sm" />;
}

interface PreviewProps {
  zpl: string;
  file: string;
  name: string;
}

function Preview({ zpl, file, name }: PreviewProps) {
  const label = useMemo(() => parseZpl(zpl), [zpl]);
  return (
    <>
      <div className={styles.actions}>
        <Button leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>
          {texts.label.print}
        </Button>
        <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => download(zpl, file)}>
          {texts.label.download}
        </Button>
      </div>
      <div className={styles.paper}>
        <LabelPicture label={label} name={name} />
      </div>
      <p className={styles.hint}>
        {label.unknown.length === 0 ? texts.label.size : texts.label.incomplete(label.unknown.join(", "))}
      </p>
      {createPortal(
        <div className={styles.sheet} aria-hidden="true">
          <LabelPicture label={label} name={name} />
        </div>,
        document.body,
      )}
    </>
  );
}

/** Save the label for a label printer, byte by byte as the API sent it. */
function download(zpl: string, file: string): void {
  const address = URL.createObjectURL(new Blob([zpl], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: file });
  link.click();
  URL.revokeObjectURL(address);
}
