import { Button } from "@footlight/ui/button.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import { useStore } from "@footlight/ui/use-store.ts";
import { Volume2 } from "lucide-react";
import { deviceWords } from "./device-words.ts";
import { playChime } from "./media/chime.ts";
import type { DeviceChoice, InputKind, LocalDevices } from "./media/local-devices.ts";
import { useLevelMeter } from "./use-seat.ts";

/** Which camera, microphone and speaker, with how loud the microphone is. */
export const DevicePicker = ({ devices }: { devices: LocalDevices }) => {
  const { camera, microphone, speakers, speaker } = useStore(devices.state);
  return (
    <div className="device-picker">
      <DeviceSelect
        label="Camera"
        choices={camera.choices}
        value={camera.chosen ?? ""}
        onChange={(id) => void devices.choose("camera", id)}
      />
      <div className="device-group">
        <DeviceSelect
          label="Microphone"
          choices={microphone.choices}
          value={microphone.chosen ?? ""}
          onChange={(id) => void devices.choose("microphone", id)}
        />
        <LevelBar track={microphone.on ? microphone.track : null} />
      </div>
      {speakers.length > 0 && (
        <div className="device-group">
          <DeviceSelect
            label="Speaker"
            choices={speakers}
            value={speaker || (speakers[0]?.id ?? "")}
            onChange={(id) => devices.chooseSpeaker(id)}
          />
          <Button size="sm" icon={Volume2} onClick={() => void playChime(speaker)}>
            Play a sound
          </Button>
        </div>
      )}
    </div>
  );
};

const DeviceSelect = ({
  choices,
  ...field
}: {
  label: string;
  choices: readonly DeviceChoice[];
  value: string;
  onChange: (id: string) => void;
}) => (
  <SelectField
    {...field}
    options={choices.map(({ id, label }) => ({ value: id, label }))}
    none="None found"
  />
);

export const LevelBar = ({ track }: { track: MediaStreamTrack | null }) => {
  const meter = useLevelMeter(track);
  return meter ? <Level meter={meter} /> : <Bar level={0} />;
};

const Level = ({ meter }: { meter: NonNullable<ReturnType<typeof useLevelMeter>> }) => (
  <Bar level={useStore(meter.level)} />
);

const Bar = ({ level }: { level: number }) => (
  <span className="level">
    <meter
      className="sr-only"
      aria-label="Microphone level"
      min={0}
      max={100}
      value={Math.round(level * 100)}
    />
    <span className="level-fill" style={{ scale: `${level} 1` }} />
  </span>
);

/** What is wrong with them, each thing once. */
export const DeviceNotices = ({ devices }: { devices: LocalDevices }) => {
  const { camera, microphone } = useStore(devices.state);
  const problems: [InputKind, typeof camera.problem][] = [
    ["microphone", microphone.problem],
    ["camera", camera.problem],
  ];
  const words = problems.flatMap(([kind, problem]) => (problem === null ? [] : [deviceWords(kind, problem)]));
  const once = words.filter(({ title }, i) => words.findIndex((other) => other.title === title) === i);
  return (
    <div className="device-notices" role="status">
      {once.map(({ title, text }) => (
        <Notice key={title} tone="warn" title={title}>
          <p>{text}</p>
        </Notice>
      ))}
    </div>
  );
};
