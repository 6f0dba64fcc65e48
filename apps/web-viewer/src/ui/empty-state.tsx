import type { ReactNode } from "react";
import { GhostLight } from "./ghost-light.tsx";
import "./empty-state.css";

/** Nothing here, why, and what to do about it. */
export const EmptyState = ({
  title,
  children,
  action,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) => (
  <div className="empty">
    <GhostLight />
    <h2 className="empty-title">{title}</h2>
    {children && <div className="empty-text">{children}</div>}
    {action && <div className="empty-action">{action}</div>}
  </div>
);
