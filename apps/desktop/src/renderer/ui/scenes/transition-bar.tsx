import { Button } from "@footlight/ui/button.tsx";
import { ArrowRightLeft } from "lucide-react";
import { useId } from "react";
import type { Transition } from "../../../model/document.ts";
import { NumberInput } from "../parts/fields.tsx";
import { useDocument, useStudio } from "../use-studio.ts";
import "./transition-bar.css";

const NAMES: Record<Transition["kind"], string> = {
  cut: "Cut",
  fade: "Fade",
  slide: "Slide",
  stinger: "Stinger",
};
const FROM = { left: "from left", right: "from right", top: "from top", bottom: "from bottom" } as const;

/** How one scene becomes the next, and in studio mode the button that does it. */
export const TransitionBar = () => {
  const studio = useStudio();
  const { transition, previewSceneId } = useDocument();
  const id = useId();
  const set = (next: Transition) => void studio.do({ kind: "transition", transition: next });
  const choose = async (kind: string) => {
    const durationMs = "durationMs" in transition ? transition.durationMs : 300;
    if (kind === "cut") set({ kind });
    else if (kind === "fade") set({ kind, durationMs });
    else if (kind === "slide") set({ kind, durationMs, from: "right" });
    else if (kind === "stinger") {
      const path = (await studio.ask("files.pick", { kind: "video", many: false }))?.paths[0];
      if (path !== undefined) set({ kind, path, cutAtMs: 500 });
    }
  };
  return (
    <div className="transition-bar">
      <label htmlFor={id}>Transition</label>
      <select
        id={id}
        className="input"
        value={transition.kind}
        onChange={(event) => void choose(event.target.value)}
      >
        {Object.entries(NAMES).map(([kind, name]) => (
          <option key={kind} value={kind}>
            {name}
          </option>
        ))}
      </select>
      {transition.kind === "slide" && (
        <select
          className="input"
          aria-label="Direction"
          value={transition.from}
          onChange={(event) => {
            const from = event.target.value;
            if (from in FROM) set({ ...transition, from: from as keyof typeof FROM });
          }}
        >
          {Object.entries(FROM).map(([from, name]) => (
            <option key={from} value={from}>
              {name}
            </option>
          ))}
        </select>
      )}
      {"durationMs" in transition && (
        <NumberInput
          label="Milliseconds"
          value={transition.durationMs}
          min={50}
          max={10_000}
          step={50}
          onChange={(durationMs) => set({ ...transition, durationMs })}
        />
      )}
      {transition.kind === "stinger" && (
        <NumberInput
          label="Cut at, milliseconds"
          value={transition.cutAtMs}
          min={0}
          max={20_000}
          step={50}
          onChange={(cutAtMs) => set({ ...transition, cutAtMs })}
        />
      )}
      <span className="top-gap" />
      {previewSceneId !== null && (
        <Button variant="primary" icon={ArrowRightLeft} onClick={() => void studio.do({ kind: "take" })}>
          Take
        </Button>
      )}
    </div>
  );
};
