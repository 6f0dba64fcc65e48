import type { ReactNode } from "react";
import { GhostLight } from "./ghost-light.tsx";
import "./empty-state.css";

/** Nothing here, why, and what to do about it. */
export const EmptyState = ({
  title,
  heading: Heading = "h2",
  children,
  action,
}: {
  title: string;
  heading?: "h1" | "h2";
  children?: ReactNode;
  action?: ReactNode;
}) => (
  <div className="empty">
    <GhostLight />
    <Heading className="empty-title">{title}</Heading>
    {children && <div className="empty-text">{children}</div>}
    {action && <div className="empty-action">{action}</div>}
  </div>
);
