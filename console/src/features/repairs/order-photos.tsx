import { Photos } from "~/components/photo";
import type { Photo } from "./queries";
import { texts } from "./texts";

/** The photos of a work order. */
export function OrderPhotos({ photos }: { photos: readonly Photo[] }) {
  if (photos.length === 0) return null;
  const sources = photos.map(({ id, kind, url, thumbUrl }, index) => ({
    id,
    name: texts.photo.name(texts.photo.kinds[kind], index + 1),
    url,
    thumbnailUrl: thumbUrl,
  }));
  return <Photos photos={sources} />;
}
