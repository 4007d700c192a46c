import { useState } from "react";
import { type PhotoSource, Photos } from "~/components/photo";
import type { Photo } from "./queries";
import { texts } from "./texts";

/** The addresses are valid for 15 minutes, and change with every read. */
const FRESH_MS = 10 * 60_000;

/** The photos of a work order. A photo keeps its address while that is valid, so reading again does not load it again. */
export function OrderPhotos({ photos }: { photos: readonly Photo[] }) {
  const [kept] = useState(() => new Map<string, { at: number; url: string; thumbUrl: string }>());
  const now = Date.now();
  const sources: PhotoSource[] = photos.map(({ id, kind, url, thumbUrl }, index) => {
    const before = kept.get(id);
    const current = before !== undefined && now - before.at < FRESH_MS ? before : { at: now, url, thumbUrl };
    kept.set(id, current);
    return {
      id,
      name: texts.photo.name(texts.photo.kinds[kind], index + 1),
      url: current.url,
      thumbnailUrl: current.thumbUrl,
    };
  });
  if (sources.length === 0) return null;
  return <Photos photos={sources} />;
}
