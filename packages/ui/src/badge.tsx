import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import "./badge.css";

/** A short mark: `live` for what is on air, `plain` for tags, `good`/`warn` for health. */
export const Badge = ({
  tone = "plain",
  children,
}: {
  tone?: "plain" | "live" | "wait" | "good" | "warn";
  children: ReactNode;
}) => <span className={cx("badge", `badge-${tone}`)}>{children}</span>;
