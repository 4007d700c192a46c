import { Button, Select, Skeleton } from "@mantine/core";
import { IconDownload, IconPrinter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { createPortal } from "react-dom";
import { ApiError } from "~/api/errors";
import { ErrorNote } from "~/components/error-note";
import { saveFile } from "~/components/save-file";
import { type BoxDetails, labelQuery, type Resolution } from "../queries";
import { texts } from "../texts";
import styles from "./label.module.css";
import { LabelPicture } from "./label-picture";
import { parseZpl } from "./zpl";

const RESOLUTIONS: readonly Resolution[] = [203, 300];

/** The label of a closed box: a preview, and ways to print it. Without a GS1 company prefix it has no SSCC. */
export function LabelSection({ details, shipmentNumber }: { details: BoxDetails; shipmentNumber: string }) {
  const { box } = details;
  const [dpi, setDpi] = useState<Resolution>(203);
  const { data, error, refetch } = useQuery({ ...labelQuery(details, dpi), enabled: box.status === "closed" });
  if (box.status !== "closed") return <p className={styles.hint}>{texts.label.open}</p>;
  if (isWithoutSscc(error)) return <p className={styles.hint}>{texts.label.withoutSscc}</p>;
  const { label } = texts;
  const { box_number: number, sscc } = box;
  return (
    <>
      <Select
        className={styles.printer}
        label={label.printer}
        data={RESOLUTIONS.map((dots) => ({ value: `${dots}`, label: label.dpi(dots) }))}
        value={`${dpi}`}
        allowDeselect={false}
        onChange={(value) => setDpi(RESOLUTIONS.find((dots) => `${dots}` === value) ?? dpi)}
      />
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {data !== undefined && (
        <Preview
          zpl={data}
          file={`label-${shipmentNumber}-${number}.zpl`}
          name={sscc === null ? label.plain(number) : label.name(number, sscc)}
        />
      )}
      {data !== undefined && sscc === null && <p className={styles.hint}>{label.plainHint}</p>}
      {data === undefined && error === null && <Skeleton height={320} width="21rem" maw="100%" radius="sm" />}
    </>
  );
}

/** Whether a box has no label: it was closed before the organisation had a prefix. */
function isWithoutSscc(error: unknown): boolean {
  return error instanceof ApiError && error.code === "NO_SSCC";
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
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          onClick={() => saveFile(new Blob([zpl], { type: "text/plain" }), file)}
        >
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
