import { Popover } from "@base-ui/react/popover";
import { IconButton } from "@footlight/ui/button.tsx";
import { BookmarkPlus } from "lucide-react";
import { useRef, useState } from "react";
import { MARKER_NAME } from "../../../contract/encoder-control.ts";
import { markerFaultWords } from "../../state/live-words.ts";
import { useStudio, useTopic } from "../use-studio.ts";
import { MarkerList } from "./marker-list.tsx";
import "./markers.css";

/** Sets a marker at the press; what it is called can be said afterwards, or not at all. */
export const MarkerButton = () => {
  const studio = useStudio();
  const markers = useTopic("markers") ?? [];
  const recording = useTopic("recording")?.state ?? "idle";
  const isLive = useTopic("broadcast")?.liveSinceMs != null;
  const [newest, setNewest] = useState<number | null>(null);
  const field = useRef<HTMLInputElement>(null);
  if (recording === "idle" && !isLive) return null;
  const put = async () => {
    const answer = await studio.ask("marker.put", { name: "" });
    if (answer?.fault) studio.say(markerFaultWords(answer.fault), "bad");
    setNewest(answer?.id ?? null);
  };
  const marker = markers.find(({ id }) => id === newest);
  return (
    <Popover.Root
      open={marker !== undefined}
      // Each press is a marker, also while the last one is being named.
      onOpenChange={(_, { reason }) => (reason === "trigger-press" ? void put() : setNewest(null))}
    >
      <Popover.Trigger render={<IconButton label="Set a marker" icon={BookmarkPlus} size="sm" />} />
      <Popover.Portal>
        <Popover.Positioner side="bottom" align="end" sideOffset={8} className="menu-positioner">
          <Popover.Popup className="markers" aria-label="Markers" initialFocus={field}>
            {marker && (
              <MarkerName
                key={marker.id}
                id={marker.id}
                name={marker.name}
                field={field}
                onDone={() => setNewest(null)}
              />
            )}
            <MarkerList markers={markers} />
            <p className="field-hint">
              {recording === "idle"
                ? "Nothing is recorded here: markers are listed at the end of the broadcast."
                : "Each is a chapter of the recording."}
            </p>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
};

interface Naming {
  readonly id: number;
  readonly name: string;
  readonly field: React.RefObject<HTMLInputElement | null>;
  readonly onDone: () => void;
}

const MarkerName = ({ id, name, field, onDone }: Naming) => {
  const studio = useStudio();
  const save = () => {
    const value = field.current?.value.trim() ?? "";
    if (value !== "") void studio.ask("marker.name", { id, name: value });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
        onDone();
      }}
    >
      <label className="field">
        <span className="field-label">{name} is set. What is it?</span>
        <input
          ref={field}
          className="input"
          maxLength={MARKER_NAME}
          placeholder={name}
          autoComplete="off"
          onBlur={save}
        />
      </label>
    </form>
  );
};
