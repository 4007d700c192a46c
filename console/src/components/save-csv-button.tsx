import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { common } from "~/texts/common";
import { ErrorNote } from "./error-note";
import { saveFile } from "./save-file";

interface SaveCsvButtonProps {
  /** Reads the CSV. */
  read: () => Promise<Blob>;
  /** The name of the file. */
  name: string;
}

/** Saves what is shown as CSV; says why if it cannot. */
export function SaveCsvButton({ read, name }: SaveCsvButtonProps) {
  const save = useMutation({ mutationFn: read, onSuccess: (csv) => saveFile(csv, name) });
  return (
    <>
      <ErrorNote error={save.error} />
      <Button
        variant="default"
        leftSection={<IconDownload size={16} />}
        loading={save.isPending}
        onClick={() => save.mutate()}
      >
        {common.actions.saveCsv}
      </Button>
    </>
  );
}
