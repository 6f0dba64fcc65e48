import { RadioCards } from "@footlight/ui/choice.tsx";
import { TextField } from "@footlight/ui/field.tsx";
import type { StudioSettings } from "../../../contract/studio-topics.ts";
import { RangeField, Toggle } from "../parts/fields.tsx";
import { TagsField } from "./tags-field.tsx";

type Stream = StudioSettings["stream"];

const LATENCIES: { value: Stream["latencyMode"]; label: string; detail: string }[] = [
  { value: "ultra-low", label: "Ultra", detail: "Under half a second, to talk with viewers" },
  { value: "low", label: "Low", detail: "Under a second, for most broadcasts" },
  { value: "standard", label: "Standard", detail: "Under three seconds, for the largest audiences" },
];

/** What a Footlight server is told of the broadcast. */
export const ServerFields = ({
  stream,
  setStream,
  tags,
  setTags,
  rehearsal,
  setRehearsal,
  elsewhere,
}: {
  stream: Stream;
  setStream: (stream: Stream) => void;
  /** As they are typed. */
  tags: string;
  setTags: (tags: string) => void;
  rehearsal: boolean;
  setRehearsal: (on: boolean) => void;
  /** Other targets take it too, and know no rehearsals. */
  elsewhere: boolean;
}) => (
  <>
    <TextField
      label="Title"
      name="title"
      maxLength={140}
      required
      value={stream.title}
      onChange={(event) => setStream({ ...stream, title: event.target.value })}
    />
    <div className="form-pair">
      <TextField
        label="Category"
        name="category"
        maxLength={60}
        value={stream.category}
        onChange={(event) => setStream({ ...stream, category: event.target.value })}
      />
      <TagsField text={tags} onChange={setTags} />
    </div>
    <RadioCards
      name="latency"
      label="Delay to your viewers"
      choices={LATENCIES}
      value={stream.latencyMode}
      onChange={(value) => {
        const mode = LATENCIES.find((one) => one.value === value);
        if (mode) setStream({ ...stream, latencyMode: mode.value });
      }}
    />
    <div>
      <RangeField
        label="Held back on the server"
        value={stream.delayS}
        min={0}
        max={120}
        step={5}
        words={stream.delayS === 0 ? "not at all" : `${stream.delayS} s`}
        onChange={(delayS) => setStream({ ...stream, delayS })}
      />
      <p className="field-hint">
        {stream.delayS === 0
          ? "What is out is out: panic cannot call anything back."
          : `Panic drops what the last ${stream.delayS} seconds held. Ultra is not offered with it.`}
      </p>
    </div>
    <Toggle
      label="Dress rehearsal"
      hint={
        rehearsal && elsewhere
          ? "Your other targets show it to everybody at once: switch them off for a rehearsal"
          : "Only you see it on your server, until you make it public with one click"
      }
      checked={rehearsal}
      onChange={setRehearsal}
    />
  </>
);
