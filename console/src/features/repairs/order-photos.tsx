import { Group } from "@mantine/core";
import { useMe } from "~/app/me";
import { Photos } from "~/components/photo";
import { DELETE_PHOTO, isOpen, useReach } from "./permissions";
import type { Photo, WorkOrderDetail } from "./queries";
import { RemoveButton } from "./remove-button";
import { texts } from "./texts";
import { removePhoto } from "./uploads";

interface OrderPhotosProps {
  photos: readonly Photo[];
  order: WorkOrderDetail | undefined;
}

/** The photos of a work order; people take their own back until it is closed. */
export function OrderPhotos({ photos, order }: OrderPhotosProps) {
  const { user } = useMe();
  const reaches = useReach();
  if (photos.length === 0) return null;
  const named = photos.map((photo, index) => ({
    ...photo,
    name: texts.photo.name(texts.photo.kinds[photo.kind], index + 1),
    thumbnailUrl: photo.thumbUrl,
  }));
  const mayRemove = order !== undefined && isOpen(order.state) && reaches(DELETE_PHOTO, order);
  const own = mayRemove ? named.filter(({ uploadedById }) => uploadedById === user.id) : [];
  return (
    <>
      <Photos photos={named} />
      {own.map(({ id, name }) => (
        <Group key={id} gap="xs">
          <RemoveButton
            label={texts.photo.remove(name)}
            removed={texts.photo.removed}
            send={(key) => removePhoto(id, key)}
          />
          <span>{name}</span>
        </Group>
      ))}
    </>
  );
}
