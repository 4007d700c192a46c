import { useState } from "react";
import { OrderPhotos } from "./order-photos";
import { PhotoUpload } from "./photo-upload";
import type { Photo } from "./queries";
import type { OpenStep } from "./step-form";

/** The photos of the finished work, of which one is needed. */
export interface CompletionPhotos {
  photos: readonly Photo[];
  /** A step was tried without one that counts. */
  refused: boolean;
  /** Return whether the step may be tried, and note that it is. */
  check: () => boolean;
}

/** Follow the photos that a step needs; `isRefused`: the server did not take those that are there. */
export function useCompletionPhotos({ order }: OpenStep, isRefused: boolean): CompletionPhotos {
  const [tried, setTried] = useState<number | null>(null);
  const photos = order?.photos.filter(({ kind }) => kind === "COMPLETION") ?? [];
  return {
    photos,
    refused: tried === photos.length && (photos.length === 0 || isRefused),
    check: () => {
      setTried(order === undefined ? null : photos.length);
      return order === undefined || photos.length > 0;
    },
  };
}

interface CompletionPhotosFieldProps {
  step: OpenStep;
  field: CompletionPhotos;
  texts: { missing: string; old: string };
}

/** Shows these photos, and adds one. */
export function CompletionPhotosField({ step, field, texts }: CompletionPhotosFieldProps) {
  const { photos, refused } = field;
  const error = photos.length === 0 ? texts.missing : texts.old;
  return (
    <>
      <OrderPhotos photos={photos} order={step.order} />
      {step.order !== undefined && step.possible && (
        <PhotoUpload
          order={step.order}
          kind="COMPLETION"
          error={refused ? error : null}
          prominent={photos.length === 0 || refused}
        />
      )}
    </>
  );
}
