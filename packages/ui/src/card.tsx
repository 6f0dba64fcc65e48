import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import "./card.css";

/** A titled panel of a page. */
export const Card = ({
  title,
  children,
  actions,
  className,
  id,
}: {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
  className?: string;
  id: string;
}) => (
  <section className={cx("card", className)} aria-labelledby={id}>
    <div className="card-top">
      <h2 id={id} className="card-title">
        {title}
      </h2>
      {actions}
    </div>
    {children}
  </section>
);
