import { Button, FileButton, Group, Text } from "@mantine/core";
import { IconCamera } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useCommand } from "~/api/queries";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import styles from "./photo-upload.module.css";
import { keys, type Photo, type WorkOrderDetail } from "./queries";
import type { PhotoKind } from "./states";
import { texts } from "./texts";
import { flawOf, type NewPhoto, TYPES, upload } from "./uploads";

interface PhotoUploadProps {
  order: Pick<WorkOrderDetail, "id">;
  kind: PhotoKind;
  /** Why a photo is needed. */
  error?: string | null;
  prominent?: boolean;
}

/** What is sent, in a form of which a text can be made: the same file again is the same request. */
interface Input extends NewPhoto {
  identity: string;
}

/** Adds a photo: taken with the camera of a phone, or chosen. One that could not be sent stays, to be sent again. */
export function PhotoUpload({ order, kind, error = null, prominent = false }: PhotoUploadProps) {
  const [file, setFile] = useState<File | null>(null);
  const [flaw, setFlaw] = useState<string | null>(null);
  const reset = useRef<() => void>(null);
  const command = useCommand<Photo, Input>({
    send: (input, key) => upload(input, key),
    invalidates: [keys.orders],
    onSuccess: () => {
      setFile(null);
      toast.success(texts.photo.added);
    },
  });

  function send(next: File): void {
    const identity = [next.name, next.size, next.lastModified].join("/");
    command.mutate({ workOrderId: order.id, kind, file: next, identity });
  }

  function choose(next: File | null): void {
    if (next === null) return;
    reset.current?.(); // a file that was removed can be chosen again
    const found = flawOf(next);
    setFlaw(found);
    command.reset();
    setFile(found === null ? next : null);
    if (found === null) send(next);
  }

  return (
    <div>
      <FileButton resetRef={reset} onChange={choose} accept={TYPES.join(",")} disabled={command.isPending}>
        {(props) => (
          <Button
            {...props}
            type="button"
            variant={prominent ? "light" : "default"}
            fullWidth={prominent}
            leftSection={<IconCamera size={18} aria-hidden="true" />}
            loading={command.isPending}
          >
            {texts.photo.add[kind]}
          </Button>
        )}
      </FileButton>
      <Hint text={flaw ?? error} />
      {file !== null && command.isError && (
        <Group mt="xs" gap="xs" align="center">
          <ErrorNote error={command.error} onRetry={() => send(file)} />
          <Text size="sm" c="dimmed">
            {texts.photo.kept(file.name)}
          </Text>
        </Group>
      )}
    </div>
  );
}

function Hint({ text }: { text: string | null }) {
  if (text === null) {
    return (
      <Text size="sm" c="dimmed" mt={4}>
        {texts.photo.types}
      </Text>
    );
  }
  return (
    <p className={styles.flaw} role="alert">
      {text}
    </p>
  );
}
