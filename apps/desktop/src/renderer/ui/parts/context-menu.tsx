import { ContextMenu as Base } from "@base-ui/react/context-menu";
import type { ReactElement, ReactNode } from "react";
import "@footlight/ui/menu.css";
import "./context-menu.css";

/** What a right click (or the menu key) on `children` offers; the entries are packages/ui's. */
export const ContextMenu = ({ children, menu }: { children: ReactElement; menu: ReactNode }) => (
  <Base.Root>
    <Base.Trigger render={children} />
    <Base.Portal>
      <Base.Positioner className="menu-positioner">
        <Base.Popup className="menu context-menu">{menu}</Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  </Base.Root>
);
