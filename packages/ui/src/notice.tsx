import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import "./notice.css";

type Tone = "info" | "good" | "warn" | "bad";
const ICONS: Record<Tone, LucideIcon> = {
  info: Info,
  good: CircleCheck,
  warn: TriangleAlert,
  bad: CircleAlert,
};

/** A quiet box that tells something in place; `actions` sit at its end. */
export const Notice = ({
  tone = "info",
  title,
  children,
  actions,
}: {
  tone?: Tone;
  title?: string;
  children?: ReactNode;
  actions?: ReactNode;
}) => {
  const Icon = ICONS[tone];
  return (
    <div className={cx("notice", `notice-${tone}`)}>
      <Icon aria-hidden size={18} />
      <div className="notice-body">
        {title && <p className="notice-title">{title}</p>}
        {children}
      </div>
      {actions && <div className="notice-actions">{actions}</div>}
    </div>
  );
};
