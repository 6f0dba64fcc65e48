import { Button } from "@footlight/ui/button.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import { useStore } from "@footlight/ui/use-store.ts";
import { useEffect } from "react";
import type { Device } from "../../state/devices.ts";
import type { FirstRun } from "../../state/set-up/first-run.ts";
import { CameraView } from "./camera-view.tsx";
import { MicrophoneView } from "./microphone-view.tsx";
import { ScreenChoice } from "./screen-choice.tsx";
import "./devices-step.css";

/** Camera and microphone are on while this step is open, and shown to be; the screen is looked at when asked for. */
export const DevicesStep = ({ model }: { model: FirstRun }) => {
  const choices = useStore(model.choices);
  useEffect(() => {
    const look = () => void model.lookForDevices();
    navigator.mediaDevices.addEventListener("devicechange", look);
    return () => navigator.mediaDevices.removeEventListener("devicechange", look);
  }, [model]);
  return (
    <>
      <p className="first-run-lead">Only you see and hear this. Nothing is sent or recorded.</p>
      <div className="devices">
        <section className="device" aria-label="Camera">
          <CameraView
            camera={model.camera}
            isThere={choices.cameras === null || choices.cameras.length > 0}
          />
          <Choice
            label="Camera"
            none="No camera"
            devices={choices.cameras}
            value={choices.cameraId}
            onChange={(id) => model.chooseCamera(id)}
          />
        </section>
        <section className="device" aria-label="Screen">
          <ScreenChoice model={model} />
        </section>
        <section className="device device-wide" aria-label="Microphone">
          <Choice
            label="Microphone"
            none="No microphone"
            devices={choices.microphones}
            value={choices.microphoneId}
            onChange={(id) => model.chooseMicrophone(id)}
          />
          <MicrophoneView
            microphone={model.microphone}
            isThere={choices.microphones === null || choices.microphones.length > 0}
          />
        </section>
      </div>
      <div className="form-actions">
        <Button variant="primary" onClick={() => model.next()}>
          Go on
        </Button>
      </div>
    </>
  );
};

const NONE = "";

const Choice = ({
  label,
  none,
  devices,
  value,
  onChange,
}: {
  label: string;
  none: string;
  devices: readonly Device[] | null;
  value: string | null;
  onChange: (id: string | null) => void;
}) => {
  const known = (devices ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const isGone = value !== null && !known.some((device) => device.value === value);
  return (
    <SelectField
      label={label}
      value={value ?? NONE}
      options={[
        { value: NONE, label: none },
        ...(isGone ? [{ value, label: "Not connected" }] : []),
        ...known,
      ]}
      onChange={(id) => onChange(id === NONE ? null : id)}
    />
  );
};
