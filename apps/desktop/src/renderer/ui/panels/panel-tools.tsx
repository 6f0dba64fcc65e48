import { createContext, type ReactNode, use } from "react";
import { createPortal } from "react-dom";

/** The place in a panel's header where its own keys go; null before it is there. */
export const ToolPlace = createContext<HTMLElement | null>(null);

/** Keys of a panel, shown in its header wherever that is. */
export const PanelTools = ({ children }: { children: ReactNode }) => {
  const place = use(ToolPlace);
  return place && createPortal(children, place);
};
