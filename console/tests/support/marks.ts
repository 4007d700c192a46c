/** Finds what a map draws, which is a picture and has no elements. */

import type { Page } from "playwright-core";
import { expect } from "vitest";

/** The edge of the selected point: `layers.ts` of the map. */
const SELECTED = [232, 89, 12] as const;

/** Return where on the page the selected point of a map is drawn, once it is. */
export async function selectedPoint(page: Page, map: string): Promise<{ x: number; y: number }> {
  const region = page.getByRole("region", { name: map });
  let place: { x: number; y: number } | null = null;
  await expect
    .poll(async () => {
      place = await middleOf(page, await region.screenshot());
      return place;
    })
    .not.toBeNull();
  const box = await region.boundingBox();
  if (place === null || box === null) throw new Error("The map shows nothing that is selected.");
  const { x, y } = place as { x: number; y: number };
  return { x: box.x + x, y: box.y + y };
}

/** Return the middle of what has the colour of the selection, in a picture that the browser itself reads. */
function middleOf(page: Page, picture: Buffer): Promise<{ x: number; y: number } | null> {
  return page.evaluate(
    async ([bytes, [red, green, blue]]) => {
      const image = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
      if (context === null) return null;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const like = (value: number | undefined, wanted: number): boolean => Math.abs((value ?? 0) - wanted) < 24;
      const found: (readonly [number, number])[] = [];
      for (let at = 0; at < data.length; at += 4) {
        if (like(data[at], red) && like(data[at + 1], green) && like(data[at + 2], blue)) {
          found.push([(at / 4) % image.width, Math.floor(at / 4 / image.width)]);
        }
      }
      const middle = (values: number[]): number => (Math.min(...values) + Math.max(...values)) / 2;
      return found.length < 20 ? null : { x: middle(found.map(([x]) => x)), y: middle(found.map(([, y]) => y)) };
    },
    [[...picture], SELECTED] as const,
  );
}
