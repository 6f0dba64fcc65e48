import { Button } from "@footlight/ui/button.tsx";
import { RefreshCw } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import type { CallOutput } from "../../../contract/studio-calls.ts";
import type { SourceSettings } from "../../../model/document.ts";
import { useStudio } from "../use-studio.ts";
import type { OnSettings } from "./source-form.tsx";
import "./capture-picker.css";

type Captures = CallOutput<"capture.list">;

/** Displays or windows by what they look like now. */
export const CapturePicker = ({
  kind,
  settings,
  onChange,
}: {
  kind: "display" | "window";
  settings: SourceSettings | null;
  onChange: OnSettings;
}) => {
  const studio = useStudio();
  const [captures, setCaptures] = useState<Captures | null>(null);
  const look = useCallback(
    () => void studio.ask("capture.list", undefined).then((found) => setCaptures(found)),
    [studio],
  );
  useEffect(look, [look]);
  const current =
    settings?.kind === "display"
      ? settings.displayId
      : settings?.kind === "window"
        ? settings.windowId
        : null;
  const shown = captures?.[kind === "display" ? "displays" : "windows"] ?? [];
  const choose = ({ id, name }: { id: string; name: string }) =>
    onChange(kind === "display" ? { kind, displayId: id } : { kind, windowId: id, title: name }, null, name);
  return (
    <div className="form">
      <fieldset className="captures">
        <legend className="field-label">{kind === "display" ? "Which display" : "Which window"}</legend>
        {shown.map((capture) => (
          <label key={capture.id} className="capture">
            <input
              type="radio"
              name="capture"
              className="sr-only"
              checked={capture.id === current}
              onChange={() => choose(capture)}
            />
            {capture.thumbnail !== "" && <img src={capture.thumbnail} alt="" />}
            <span className="row-name">{capture.name}</span>
          </label>
        ))}
        {captures && shown.length === 0 && (
          <p className="field-hint">
            {kind === "display"
              ? "The system shows no display to the studio. Allow screen capture in its privacy settings."
              : "No window can be captured now. Open it and look again."}
          </p>
        )}
      </fieldset>
      <div>
        <Button size="sm" icon={RefreshCw} onClick={look}>
          Look again
        </Button>
      </div>
    </div>
  );
};
