import { type PointerEvent as ReactPointerEvent, useCallback, useEffect, useRef, useState } from "react";
import type { WorkOrder } from "./queries";

/** The attribute of what a card can be dropped on. Its value is the id of a technician. */
export const DROP = "data-technician";

const FAR_ENOUGH_PX = 6;

export interface Dragging {
  order: WorkOrder;
  x: number;
  y: number;
  /** The technician under the pointer. */
  over: string | null;
}

export interface Drag {
  dragging: Dragging | null;
  /** For a card's `onPointerDown`. */
  begin: (event: ReactPointerEvent, order: WorkOrder) => void;
}

/**
 * Drag a card with the mouse or a pen; Escape puts it back. A finger scrolls instead, and assigns by the card's menu. A
 * click that ends a drag opens nothing.
 */
export function useDrag(onDrop: (order: WorkOrder, technicianId: string) => void): Drag {
  const [dragging, setDragging] = useState<Dragging | null>(null);
  const stop = useRef<(() => void) | null>(null);
  const drop = useRef(onDrop);
  useEffect(() => {
    drop.current = onDrop;
  });
  useEffect(() => () => stop.current?.(), []);

  const begin = useCallback((down: ReactPointerEvent, order: WorkOrder): void => {
    if (down.button !== 0 || down.pointerType === "touch") return;
    // The card's menu is elsewhere in the page, though React sends its events here.
    if (!down.currentTarget.contains(down.target as Node)) return;
    const listening = new AbortController();
    let moved = false;
    let over: string | null = null;

    function end(): void {
      listening.abort();
      document.body.style.removeProperty("cursor");
      document.body.style.removeProperty("user-select");
      setDragging(null);
      stop.current = null;
      if (moved) swallowClick();
    }

    function onMove({ clientX: x, clientY: y }: PointerEvent): void {
      moved ||= Math.hypot(x - down.clientX, y - down.clientY) >= FAR_ENOUGH_PX;
      if (!moved) return;
      document.body.style.cursor = "grabbing";
      document.body.style.userSelect = "none";
      over = technicianAt(x, y);
      setDragging({ order, x, y, over });
    }

    function onUp(): void {
      end();
      if (over !== null) drop.current(order, over);
    }

    function onKey(event: KeyboardEvent): void {
      if (event.key === "Escape") end();
    }

    stop.current = end;
    const { signal } = listening;
    window.addEventListener("pointermove", onMove, { signal });
    window.addEventListener("pointerup", onUp, { signal });
    window.addEventListener("pointercancel", end, { signal });
    window.addEventListener("keydown", onKey, { signal, capture: true });
  }, []);

  return { dragging, begin };
}

function technicianAt(x: number, y: number): string | null {
  return document.elementFromPoint(x, y)?.closest(`[${DROP}]`)?.getAttribute(DROP) ?? null;
}

/** The browser sends a click after the pointer is up, at most once and at once. */
function swallowClick(): void {
  const stop = (event: MouseEvent): void => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", stop, { capture: true }), 0);
}
