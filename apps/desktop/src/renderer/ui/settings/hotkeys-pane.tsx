import { IconButton } from "@footlight/ui/button.tsx";
import { X } from "lucide-react";
import type { KeyboardEvent } from "react";
import type { Source, StudioDocument } from "../../../model/document.ts";
import { useDocument, useStudio } from "../use-studio.ts";
import { acceleratorOf } from "./accelerator.ts";

interface Action {
  readonly id: string;
  readonly words: string;
}

const actionsOf = (document: StudioDocument): Action[] => [
  { id: "panic", words: "Panic: safe scene and silence" },
  { id: "take", words: "Take the preview" },
  { id: "live", words: "Go live, as the last time" },
  { id: "end", words: "End the broadcast" },
  { id: "record", words: "Start or stop recording" },
  { id: "replay", words: "Save the replay" },
  { id: "marker", words: "Set a marker" },
  ...document.scenes.map((scene) => ({ id: `scene:${scene.id}`, words: `Scene “${scene.name}”` })),
  ...Object.values(document.sources)
    .filter((source) => source.sound)
    .flatMap((source) => [
      { id: `mute:${source.id}`, words: `Mute or unmute “${source.name}”` },
      ...talkActions(source),
    ]),
];

const talkActions = ({ id, name, sound }: Source): Action[] => {
  if (!sound || sound.talkKey === "none") return [];
  const held = sound.talkKey === "push" ? "heard" : "silent";
  return [{ id: `talk:${id}`, words: `While held, “${name}” is ${held}` }];
};

/** Keys that work whatever programme is in front. */
export const HotkeysPane = () => {
  const document = useDocument();
  const keyOf = new Map(Object.entries(document.hotkeys).map(([key, action]) => [action, key]));
  return (
    <div className="form">
      <p className="field-hint">
        They work in every programme. Choose a field and press the key: a function key, or one with Ctrl or
        Alt.
      </p>
      <div>
        {actionsOf(document).map((action) => (
          <HotkeyRow key={action.id} action={action} accelerator={keyOf.get(action.id) ?? null} />
        ))}
      </div>
    </div>
  );
};

const HotkeyRow = ({ action, accelerator }: { action: Action; accelerator: string | null }) => {
  const studio = useStudio();
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    // Tab and Escape go on working as everywhere.
    if (event.key === "Tab" || event.key === "Escape") return;
    event.preventDefault();
    const pressed = acceleratorOf(event);
    if (pressed !== null && pressed !== accelerator)
      void studio.do({ kind: "hotkey", action: action.id, accelerator: pressed });
  };
  return (
    <div className="hotkey">
      <span>{action.words}</span>
      <input
        className="input"
        readOnly
        aria-label={`Key for ${action.words}`}
        value={accelerator ?? ""}
        placeholder="None"
        onKeyDown={onKey}
      />
      <IconButton
        label={`No key for ${action.words}`}
        icon={X}
        size="sm"
        disabled={accelerator === null}
        onClick={() => void studio.do({ kind: "hotkey", action: action.id, accelerator: null })}
      />
    </div>
  );
};
