/** Photos: small ones through the API, larger ones straight to the storage. */

import { api, dataOf } from "~/api/client";
import { NetworkError } from "~/api/errors";
import type { Photo } from "./queries";
import type { PhotoKind } from "./states";
import { texts } from "./texts";

export interface NewPhoto {
  workOrderId: string;
  kind: PhotoKind;
  file: File;
}

type Key = { "Idempotency-Key": string };

export const TYPES: readonly string[] = ["image/jpeg", "image/png", "image/webp"];
export const MAX_BYTES = 20 * 1024 * 1024;
/** Up to here the API takes the file itself; the limit counts the file only. */
const THROUGH_API_BYTES = 4 * 1024 * 1024;

/** Return why a file cannot be a photo, or null. */
export function flawOf(file: File): string | null {
  if (!TYPES.includes(file.type)) return texts.photo.notImage;
  return file.size > MAX_BYTES ? texts.photo.tooLarge : null;
}

export function upload(photo: NewPhoto, key: Key): Promise<Photo> {
  return photo.file.size <= THROUGH_API_BYTES ? throughApi(photo, key) : throughStorage(photo, key);
}

export function removePhoto(photoId: string, header: Key) {
  return dataOf(api.DELETE("/v1/uploads/photos/{photo_id}", { params: { path: { photo_id: photoId }, header } }));
}

async function throughApi({ workOrderId, kind, file }: NewPhoto, header: Key): Promise<Photo> {
  const form = new FormData();
  form.set("workOrderId", workOrderId);
  form.set("kind", kind);
  form.set("file", file);
  // The types describe the fields of the form; `FormData` carries them.
  const body = form as unknown as { file: string; workOrderId: string; kind: PhotoKind };
  return await dataOf(api.POST("/v1/uploads/photos", { params: { header }, body, bodySerializer: () => form }));
}

async function throughStorage({ workOrderId, kind, file }: NewPhoto, header: Key): Promise<Photo> {
  const place = await dataOf(
    api.POST("/v1/uploads/photos/presign", { params: { header }, body: { workOrderId, kind } }),
  );
  const form = new FormData();
  for (const [name, value] of Object.entries(place.fields)) form.set(name, value);
  form.set("file", file);
  const response = await fetch(place.url, { method: place.method, body: form, credentials: "omit" }).catch((cause) => {
    throw new NetworkError(texts.photo.notSent, { cause });
  });
  if (!response.ok) throw new Error(texts.photo.notSent);
  return await dataOf(api.POST("/v1/uploads/photos/{photo_id}/confirm", { params: { path: { photo_id: place.id } } }));
}
