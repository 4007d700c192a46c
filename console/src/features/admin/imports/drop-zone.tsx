import { Button, FileButton } from "@mantine/core";
import { IconFileUpload } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import styles from "./imports.module.css";
import { imports as texts } from "./texts";

const TYPES = ".csv,.ndjson,.jsonl,.json";

interface DropZoneProps {
  /** What is going on, instead of the invitation. */
  status: string | null;
  onFile: (file: File) => void;
}

/** Takes a file by dropping or by choosing it. */
export function DropZone({ status, onFile }: DropZoneProps) {
  const [over, setOver] = useState(false);
  function onDrop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) onFile(file);
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button does the same for the keyboard
    <div
      className={`${styles.drop} ${over ? styles.over : ""}`}
      data-drop
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <IconFileUpload size={28} stroke={1.5} aria-hidden="true" />
      <p className={styles.dropTitle} role="status">
        {status ?? texts.drop.title}
      </p>
      <p className={styles.dropText}>{texts.drop.text}</p>
      <FileButton onChange={(file) => file !== null && onFile(file)} accept={TYPES}>
        {(props) => (
          <Button {...props} variant="default" disabled={status !== null}>
            {texts.drop.choose}
          </Button>
        )}
      </FileButton>
    </div>
  );
}
