import { Button } from "@footlight/ui/button.tsx";
import { TextField } from "@footlight/ui/field.tsx";
import { type FormEvent, useState } from "react";
import type { SourceKind, SourceSettings } from "../../../model/document.ts";
import { newId } from "../../state/studio.ts";
import { kindWords } from "../../state/words.ts";
import { Modal } from "../parts/modal.tsx";
import { useDocument, useEditedScene, useStudio } from "../use-studio.ts";
import { firstItem, firstSettings, firstSound, isComplete, isSoundOnly } from "./new-source.ts";
import { SourceForm } from "./source-form.tsx";

/** In the order in which they are wanted. */
export const ADDABLE: readonly SourceKind[] = [
  "display",
  "window",
  "camera",
  "microphone",
  "guest",
  "desktop-audio",
  "image",
  "text",
  "video",
  "browser",
  "slideshow",
  "colour",
  "scene",
  "test-picture",
];

/** Asks what the new source shall show and what it is called; it is then selected, on top. */
export const AddSource = ({ kind, onClose }: { kind: SourceKind; onClose: () => void }) => {
  const studio = useStudio();
  const document = useDocument();
  const scene = useEditedScene();
  const [settings, setSettings] = useState<SourceSettings | null>(() => firstSettings(kind, document));
  const [suggested, setSuggested] = useState(kindWords(kind));
  const [typed, setTyped] = useState<string | null>(null);
  const ready = settings !== null && isComplete(settings);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (!settings || !ready) return;
    const [sourceId, itemId] = [newId(), newId()];
    const sound = firstSound(settings);
    const source = {
      id: sourceId,
      name: (typed ?? suggested).trim() || kindWords(kind),
      settings,
      filters: [],
      ...(sound && { sound }),
    };
    const item = firstItem(itemId, sourceId, settings, document.canvas);
    const place = isSoundOnly(kind) ? undefined : { sceneId: scene.id, item };
    // A gesture, so that placing it by its own size, once that is known, is no step of its own.
    const done = await studio.do({ kind: "source-add", source, ...(place && { place }) }, newId());
    if (!done) return;
    if (!isSoundOnly(kind)) studio.select([itemId]);
    onClose();
  };
  return (
    <Modal
      title={`Add ${kindWords(kind).toLowerCase()}`}
      size={kind === "display" || kind === "window" ? "lg" : "md"}
      onClose={onClose}
    >
      <form className="form" onSubmit={(event) => void add(event)}>
        <SourceForm
          kind={kind}
          settings={settings}
          onChange={(next, _gesture, name) => {
            setSettings(next);
            if (name) setSuggested(name.slice(0, 120));
          }}
        />
        <TextField
          label="Name"
          name="name"
          maxLength={120}
          value={typed ?? suggested}
          onChange={(event) => setTyped(event.target.value)}
        />
        <div className="form-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={!ready}>
            Add
          </Button>
        </div>
      </form>
    </Modal>
  );
};
