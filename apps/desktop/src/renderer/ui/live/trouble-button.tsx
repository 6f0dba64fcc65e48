import { Popover } from "@base-ui/react/popover";
import { Button } from "@footlight/ui/button.tsx";
import { cx } from "@footlight/ui/cx.ts";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { TroubleNotice } from "./trouble-notice.tsx";
import { useTroubles } from "./use-troubles.ts";

const WELL = "All is well again.";

/** The worst that is the matter, in the status bar; all of it with remedies when it is pressed. */
export const TroubleButton = () => {
  const troubles = useTroubles();
  // What is being read stays, also when its cause has just gone.
  const [open, setOpen] = useState(false);
  const [worst, ...others] = troubles;
  if (!worst && !open) return null;
  return (
    <Popover.Root open={open} onOpenChange={(next) => setOpen(next)}>
      <Popover.Trigger
        render={
          <Button
            size="sm"
            variant="quiet"
            icon={TriangleAlert}
            className={cx("status-trouble", worst && (worst.tone === "bad" ? "status-bad" : "status-warn"))}
          />
        }
      >
        <span className="status-trouble-words">{worst?.words ?? WELL}</span>
        {others.length > 0 && <span>and {others.length} more</span>}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner side="top" align="start" sideOffset={8} className="menu-positioner">
          <Popover.Popup className="trouble-list" aria-label="What is the matter">
            {troubles.length === 0 && <p>{WELL}</p>}
            {troubles.map((trouble) => (
              <TroubleNotice key={trouble.id} trouble={trouble} />
            ))}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
};
