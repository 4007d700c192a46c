import { type PointerEvent as ReactPointerEvent, useCallback, useEffect, useRef, useState } from "react";

const FAR_ENOUGH_PX = 6;

export interface Dragging<Item> {
  item: Item;
  x: number;
  y: number;
  /** The id of what is under the pointer and takes the item. */
  over: string | null;
}

export interface Drag<Item> {
  dragging: Dragging<Item> | null;
  /** For the item's `onPointerDown`. */
  begin: (event: ReactPointerEvent, item: Item) => void;
}

interface DragOptions<Item> {
  /** Returns the id of what takes the item at a position of the window. */
  targetAt: (x: number, y: number, item: Item) => string | null;
  onDrop: (item: Item, targetId: string) => void;
}

/**
 * Drag a card or a row with the mouse or a pen; Escape puts it back. A finger scrolls instead, so there is another way, by
 * keyboard too. A click that ends a drag opens nothing.
 */
export function useDrag<Item>(options: DragOptions<Item>): Drag<Item> {
  const [dragging, setDragging] = useState<Dragging<Item> | null>(null);
  const stop = useRef<(() => void) | null>(null);
  const newest = useRef(options);
  useEffect(() => {
    newest.current = options;
  });
  useEffect(() => () => stop.current?.(), []);

  const begin = useCallback((down: ReactPointerEvent, item: Item): void => {
    if (down.button !== 0 || down.pointerType === "touch") return;
    // A card's menu is elsewhere in the page, though React sends its events here.
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
      over = newest.current.targetAt(x, y, item);
      setDragging({ item, x, y, over });
    }

    function onUp(): void {
      end();
      if (over !== null) newest.current.onDrop(item, over);
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

/** The browser sends a click after the pointer is up, at most once and at once. */
function swallowClick(): void {
  const stop = (event: MouseEvent): void => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener("click", stop, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", stop, { capture: true }), 0);
}
