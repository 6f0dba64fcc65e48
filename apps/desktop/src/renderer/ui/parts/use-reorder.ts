import { type DragEvent, useState } from "react";

interface Drop {
  readonly id: string;
  readonly side: "before" | "after";
}

/** Rows that are dragged into another order: `onMove(id, index)` with the index among the others. */
export const useReorder = (ids: readonly string[], onMove: (id: string, index: number) => void) => {
  const [held, setHeld] = useState<string | null>(null);
  const [drop, setDrop] = useState<Drop | null>(null);
  const sideOf = (event: DragEvent<HTMLElement>): Drop["side"] => {
    const box = event.currentTarget.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2 ? "before" : "after";
  };
  const end = () => {
    setHeld(null);
    setDrop(null);
  };
  return (id: string) => ({
    draggable: true,
    "data-drop": drop?.id === id && held !== id ? drop.side : undefined,
    onDragStart: (event: DragEvent<HTMLElement>) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", id);
      setHeld(id);
    },
    onDragOver: (event: DragEvent<HTMLElement>) => {
      if (held === null) return;
      event.preventDefault();
      setDrop({ id, side: sideOf(event) });
    },
    onDragEnd: end,
    onDrop: (event: DragEvent<HTMLElement>) => {
      event.preventDefault();
      if (held !== null && held !== id) {
        const others = ids.filter((other) => other !== held);
        onMove(held, others.indexOf(id) + (sideOf(event) === "after" ? 1 : 0));
      }
      end();
    },
  });
};
