import { createContext, use } from "react";
import type { Target } from "../../../model/panels/layout.ts";
import type { PanelId } from "../../../model/panels/panels.ts";

/** A panel that is being dragged by its header, if one is. */
interface PanelDrag {
  readonly held: PanelId | null;
  readonly begin: (id: PanelId) => void;
  /** Outside of the window it becomes one itself. */
  readonly end: (outside: boolean) => void;
  readonly drop: (target: Target) => void;
  /** Moved by its menu: the keyboard goes along, once the panel is in its new place. */
  readonly followed: { current: PanelId | null };
}

export const PanelDragContext = createContext<PanelDrag | null>(null);

export const usePanelDrag = (): PanelDrag => {
  const drag = use(PanelDragContext);
  if (!drag) throw new Error("outside the workspace");
  return drag;
};
