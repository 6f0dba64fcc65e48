import { heardIn } from "../../../model/lookup.ts";
import { useDocument } from "../use-studio.ts";
import { Meter } from "./meter.tsx";
import { Strip } from "./strip.tsx";
import "./mixer.css";

/** Everything that is heard now: what the programme shows, and what is heard in every scene. */
export const Mixer = () => {
  const document = useDocument();
  const heard = heardIn(document, document.programmeSceneId);
  return (
    <div className="panel-body mixer">
      <div className="strip strip-programme">
        <span className="strip-name">What is sent</span>
        <Meter id="programme" name="the programme" />
        <Loudness />
      </div>
      {heard.map((source) => (
        <Strip key={source.id} source={source} />
      ))}
      {heard.length === 0 && (
        <p className="mixer-empty field-hint">
          Nothing can be heard. Add a microphone or a video file as a source.
        </p>
      )}
    </div>
  );
};

const Loudness = () => (
  <p className="strip-loudness">
    <span aria-hidden>Loudness</span>
    <Meter.Loudness id="programme" />
  </p>
);
