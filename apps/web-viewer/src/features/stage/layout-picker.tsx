import { onStage, peopleOf } from "@footlight/realtime/stage/people.ts";
import type { StageLayout } from "@footlight/shared";
import { Button } from "@footlight/ui/button.tsx";
import { cx } from "@footlight/ui/cx.ts";
import { useStore } from "@footlight/ui/use-store.ts";
import { useMutation } from "@tanstack/react-query";
import {
  Columns2,
  Grid2x2,
  type LucideIcon,
  MonitorUp,
  PictureInPicture2,
  RectangleHorizontal,
} from "lucide-react";
import { useTRPC } from "../../api/trpc.ts";
import type { StageSeat } from "./stage-seat.ts";
import { useStageAction } from "./use-stage-action.ts";

const KINDS: readonly [StageLayout["kind"], string, LucideIcon][] = [
  ["grid", "Grid", Grid2x2],
  ["spotlight", "Spotlight", RectangleHorizontal],
  ["side_by_side", "Side by side", Columns2],
  ["picture_in_picture", "Picture in picture", PictureInPicture2],
  ["screen_share", "Screen share", MonitorUp],
];

/** How the pictures stand, for the audience and on the stage. */
export const LayoutPicker = ({ seat }: { seat: StageSeat }) => {
  const trpc = useTRPC();
  const { stage } = useStore(seat.view);
  const set = useMutation(trpc.stage.setLayout.mutationOptions(useStageAction()));
  if (stage === undefined) return null;
  const { layout } = stage;
  const people = onStage(peopleOf(stage));
  return (
    <div className="layouts">
      <fieldset className="layout-kinds" aria-label="Layout">
        {KINDS.map(([kind, label, Icon]) => (
          <button
            key={kind}
            type="button"
            aria-pressed={layout.kind === kind}
            className={cx("layout-kind", layout.kind === kind && "layout-chosen")}
            onClick={() => set.mutate({ ...layout, kind })}
          >
            <Icon aria-hidden size={22} />
            {label}
          </button>
        ))}
      </fieldset>
      {layout.kind !== "grid" && (
        <fieldset className="layout-large" aria-label="Who is large">
          <span className="field-label">Large</span>
          <Button
            size="sm"
            variant={layout.spotlight === null ? "primary" : "outline"}
            aria-pressed={layout.spotlight === null}
            onClick={() => set.mutate({ ...layout, spotlight: null })}
          >
            Who speaks
          </Button>
          {people.map(({ id, name }) => (
            <Button
              key={id}
              size="sm"
              variant={layout.spotlight === id ? "primary" : "outline"}
              aria-pressed={layout.spotlight === id}
              onClick={() => set.mutate({ ...layout, spotlight: id })}
            >
              {name}
            </Button>
          ))}
        </fieldset>
      )}
    </div>
  );
};
