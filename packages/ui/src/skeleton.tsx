import { cx } from "./cx.ts";
import "./skeleton.css";

/** A placeholder of the coming thing's shape. Screen readers hear the region's busy state instead. */
export const Skeleton = ({ className }: { className?: string }) => (
  <span aria-hidden className={cx("skeleton", className)} />
);
