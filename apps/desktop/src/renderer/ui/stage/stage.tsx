import { useDocument, useEditedScene } from "../use-studio.ts";
import { MonitorView } from "./monitor-view.tsx";
import { StageOverlay } from "./stage-overlay.tsx";
import "./stage.css";

/** The picture: in studio mode what is prepared at the left, where it can be worked on, and what is on air. */
export const Stage = () => {
  const document = useDocument();
  const scene = useEditedScene();
  const studioMode = document.previewSceneId !== null;
  const programme = document.scenes.find((one) => one.id === document.programmeSceneId);
  return (
    <div className="stage" data-studio-mode={studioMode || undefined}>
      <MonitorView
        view={studioMode ? "preview" : "programme"}
        name={studioMode ? `Preview: ${scene.name}` : null}
      >
        {(scale) => <StageOverlay scale={scale} />}
      </MonitorView>
      {studioMode && <MonitorView view="programme" name={`Programme: ${programme?.name ?? ""}`} onAir />}
    </div>
  );
};
