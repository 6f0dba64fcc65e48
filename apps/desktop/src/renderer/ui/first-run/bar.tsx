import type { CSSProperties } from "react";

/** How far something is; null: under way, nobody knows how far. */
export const Bar = ({ label, share }: { label: string; share: number | null }) => (
  <div
    className="bar"
    role="progressbar"
    aria-label={label}
    aria-valuemin={0}
    aria-valuemax={100}
    aria-valuenow={share === null ? undefined : Math.round(share * 100)}
    data-unknown={share === null || undefined}
    style={{ "--share": share ?? 0 } as CSSProperties}
  >
    <div className="bar-filled" />
  </div>
);
