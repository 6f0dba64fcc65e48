import { LIMITS, splitTags } from "@footlight/shared";
import { Button } from "@footlight/ui/button.tsx";
import { TextField } from "@footlight/ui/field.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { type FormEvent, useState } from "react";
import type { StudioSettings } from "../../../contract/studio-topics.ts";
import { serverFaultWords } from "../../state/live-words.ts";
import { Modal } from "../parts/modal.tsx";
import { useStudio, useTopic } from "../use-studio.ts";
import { TagsField, tagsFault } from "./tags-field.tsx";

type Stream = StudioSettings["stream"];

/** What the broadcast is called, while it is on air. */
export const StreamWordsSheet = ({ onClose }: { onClose: () => void }) => {
  const stream = useTopic("settings")?.stream;
  return (
    <Modal title="Stream info" onClose={onClose}>
      {stream && <WordsForm first={stream} onClose={onClose} />}
    </Modal>
  );
};

const WordsForm = ({ first, onClose }: { first: Stream; onClose: () => void }) => {
  const studio = useStudio();
  const [title, setTitle] = useState(first.title);
  const [category, setCategory] = useState(first.category);
  const [tags, setTags] = useState(first.tags.join(", "));
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const isWrong = title.trim() === "" || tagsFault(tags) !== undefined;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const words = { title: title.trim(), category: category.trim(), tags: splitTags(tags) };
    const answer = await studio.ask("broadcast.describe", words);
    setBusy(false);
    if (answer === null) return;
    setFault(answer.fault);
    if (answer.fault !== null) return;
    studio.say("Saved; viewers see it in a moment");
    onClose();
  };
  return (
    <form className="form" onSubmit={(event) => void save(event)}>
      <TextField
        label="Title"
        name="title"
        maxLength={LIMITS.title}
        required
        value={title}
        onChange={(event) => setTitle(event.target.value)}
      />
      <TextField
        label="Category"
        name="category"
        maxLength={LIMITS.category}
        value={category}
        onChange={(event) => setCategory(event.target.value)}
      />
      <TagsField text={tags} onChange={setTags} />
      <p className="field-hint">The delay to your viewers is fixed while you are on air.</p>
      {fault !== null && (
        <div role="alert">
          <Notice tone="bad">
            <p>{serverFaultWords(fault)}</p>
          </Notice>
        </div>
      )}
      <div className="form-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={busy} disabled={isWrong}>
          Save
        </Button>
      </div>
    </form>
  );
};
