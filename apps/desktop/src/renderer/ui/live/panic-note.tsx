import { Button } from "@footlight/ui/button.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { sceneOf } from "../../../model/lookup.ts";
import { useDocument, useStudio, useTopic } from "../use-studio.ts";
import "./go-live.css";

/** While panic lasts: what viewers get, and that what went out before cannot be called back. */
export const PanicNote = () => {
  const studio = useStudio();
  const document = useDocument();
  const broadcast = useTopic("broadcast");
  const delayS = useTopic("settings")?.stream.delayS ?? 0;
  if (!broadcast?.panic) return null;
  const safe = document.safeSceneId === null ? undefined : sceneOf(document, document.safeSceneId);
  return (
    <div className="panic-note" role="alert">
      <Notice
        tone="warn"
        title={safe ? `Viewers see “${safe.name}” and hear nothing` : "Viewers see black and hear nothing"}
        actions={
          <Button size="sm" onClick={() => void studio.ask("broadcast.panic", { on: false })}>
            Back to the programme
          </Button>
        }
      >
        {broadcast.state !== "idle" && (
          <p>
            {delayS > 0
              ? "What your server still held back was dropped."
              : "What was sent before this moment is out."}
          </p>
        )}
        {!safe && <p>Choose a safe scene by a right click on it in the list.</p>}
      </Notice>
    </div>
  );
};
