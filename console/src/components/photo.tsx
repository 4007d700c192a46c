import { ActionIcon, Modal } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { common } from "~/texts/common";
import styles from "./photo.module.css";

export interface PhotoSource {
  id: string;
  /** What the photo shows, for people who do not see it. */
  name: string;
  url: string;
  /** A smaller picture for the list; by default the photo itself. */
  thumbnailUrl?: string | undefined;
}

/** Addresses are valid for 15 minutes, and change with every read. */
const FRESH_MS = 10 * 60_000;

/** Shows photos as thumbnails, which load when they come into view, and each in full size when it is opened. */
export function Photos({ photos: read }: { photos: readonly PhotoSource[] }) {
  const [open, setOpen] = useState<number | null>(null);
  const photos = useKeptAddresses(read);
  return (
    <>
      <ul className={styles.grid}>
        {photos.map((photo, index) => (
          <li key={photo.id}>
            <Thumbnail photo={photo} onOpen={() => setOpen(index)} />
          </li>
        ))}
      </ul>
      <Lightbox photos={photos} index={open} onMove={setOpen} />
    </>
  );
}

/** A photo keeps its address while that is valid, so reading again does not load it again. */
function useKeptAddresses(photos: readonly PhotoSource[]): readonly PhotoSource[] {
  const [kept] = useState(() => new Map<string, { at: number; photo: PhotoSource }>());
  const now = Date.now();
  return photos.map((photo) => {
    const before = kept.get(photo.id);
    if (before !== undefined && now - before.at < FRESH_MS) {
      return { ...photo, url: before.photo.url, thumbnailUrl: before.photo.thumbnailUrl };
    }
    kept.set(photo.id, { at: now, photo });
    return photo;
  });
}

function Thumbnail({ photo, onOpen }: { photo: PhotoSource; onOpen: () => void }) {
  const [failed, setFailed] = useState(false);
  return (
    <button type="button" className={styles.thumb} aria-label={common.photo.open(photo.name)} onClick={onOpen}>
      {failed ? (
        <span className={styles.failed}>{common.photo.failed}</span>
      ) : (
        <img
          src={photo.thumbnailUrl ?? photo.url}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => setFailed(true)}
        />
      )}
    </button>
  );
}

interface LightboxProps {
  photos: readonly PhotoSource[];
  index: number | null;
  onMove: (index: number | null) => void;
}

function Lightbox({ photos, index, onMove }: LightboxProps) {
  const photo = index === null ? undefined : photos[index];
  if (index === null || photo === undefined) return null;
  const go = (step: number): void => onMove((index + step + photos.length) % photos.length);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "ArrowLeft") go(-1);
    if (event.key === "ArrowRight") go(1);
  }

  return (
    <Modal
      opened
      onClose={() => onMove(null)}
      size="auto"
      title={photo.name}
      onKeyDown={onKeyDown}
      closeButtonProps={{ "aria-label": common.actions.close }}
    >
      <img className={styles.full} src={photo.url} alt={photo.name} />
      {photos.length > 1 && (
        <div className={styles.caption}>
          <ActionIcon variant="default" aria-label={common.photo.previous} onClick={() => go(-1)}>
            <IconChevronLeft size={18} />
          </ActionIcon>
          <span className="numbers">
            {index + 1} / {photos.length}
          </span>
          <ActionIcon variant="default" aria-label={common.photo.next} onClick={() => go(1)}>
            <IconChevronRight size={18} />
          </ActionIcon>
        </div>
      )}
    </Modal>
  );
}
