import { SelectField } from "@footlight/ui/select-field.tsx";
import { useEffect, useState } from "react";
import type { SourceSettings } from "../../../model/document.ts";
import { type Device, listDevices } from "../../state/devices.ts";
import { kindWords } from "../../state/words.ts";
import type { OnSettings } from "./source-form.tsx";

/** Cameras or microphones, as they come and go. */
export const DeviceField = ({
  kind,
  settings,
  onChange,
}: {
  kind: "camera" | "microphone";
  settings: SourceSettings | null;
  onChange: OnSettings;
}) => {
  const devices = useDevices(kind);
  const current = settings?.kind === "camera" || settings?.kind === "microphone" ? settings.deviceId : "";
  if (devices === null) return <p className="field-hint">Looking for devices</p>;
  if (devices.length === 0)
    return (
      <p className="field-hint" role="status">
        {kind === "camera" ? "No camera" : "No microphone"} is connected. Plug one in; it appears here by
        itself.
      </p>
    );
  const known = devices.some((device) => device.id === current);
  return (
    <SelectField
      label={kindWords(kind)}
      value={current}
      options={[
        ...(known ? [] : [{ value: current, label: current === "" ? "Choose one" : "Not connected" }]),
        ...devices.map((device) => ({ value: device.id, label: device.name })),
      ]}
      onChange={(deviceId) => {
        const name = devices.find((device) => device.id === deviceId)?.name;
        if (name !== undefined) onChange({ ...settings, kind, deviceId }, null, name);
      }}
    />
  );
};

const useDevices = (kind: "camera" | "microphone"): Device[] | null => {
  const [devices, setDevices] = useState<Device[] | null>(null);
  useEffect(() => {
    const list = () =>
      void listDevices(kind === "camera" ? "videoinput" : "audioinput").then(setDevices, () =>
        setDevices([]),
      );
    list();
    navigator.mediaDevices.addEventListener("devicechange", list);
    return () => navigator.mediaDevices.removeEventListener("devicechange", list);
  }, [kind]);
  return devices;
};
