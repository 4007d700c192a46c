import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMemo } from "react";
import { type Column, DataGrid } from "~/components/data-grid";
import { csvOf } from "./csv";
import { download } from "./download";
import styles from "./imports.module.css";
import type { RowError } from "./reader";
import { imports as texts } from "./texts";

interface RowErrorsProps {
  errors: readonly RowError[];
  fileName: string;
}

/** Lists what is wrong with which line, and gives it as a file. The content of the rows is not shown. */
export function RowErrors({ errors, fileName }: RowErrorsProps) {
  const rows = useMemo(() => [...errors].sort((a, b) => a.line - b.line), [errors]);
  if (rows.length === 0) return null;
  function save(): void {
    const { line, field, message } = texts.errors;
    const lines = rows.map((row) => [row.line, row.field, row.message]);
    download(`${fileName.replace(/\.\w+$/, "")}-errors.csv`, csvOf([[line, field, message], ...lines]));
  }
  return (
    <section className={styles.errors}>
      <div className={styles.errorsHead}>
        <h3>{texts.errors.title}</h3>
        <Button variant="default" size="compact-sm" leftSection={<IconDownload size={15} />} onClick={save}>
          {texts.errors.download}
        </Button>
      </div>
      <DataGrid
        label={texts.errors.title}
        columns={COLUMNS}
        state={{ rows, loading: false, error: null, retry: () => undefined }}
        rowId={({ line, field }) => `${line} ${field}`}
      />
    </section>
  );
}

const COLUMNS: readonly Column<RowError>[] = [
  {
    id: "line",
    header: texts.errors.line,
    width: "4.5rem",
    align: "end",
    cell: ({ line }) => <span className="numbers">{line}</span>,
  },
  {
    id: "field",
    header: texts.errors.field,
    width: "minmax(5rem, 12rem)",
    cell: ({ field }) => <span className="code">{field}</span>,
  },
  {
    id: "message",
    header: texts.errors.message,
    width: "minmax(0, 1fr)",
    cell: ({ message }) => <span title={message}>{message}</span>,
  },
];
