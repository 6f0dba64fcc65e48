import { IconButton } from "@footlight/ui/button.tsx";
import { cx } from "@footlight/ui/cx.ts";
import { useStore } from "@footlight/ui/use-store.ts";
import { Camera, CameraOff, Hand, type LucideIcon, Mic, MicOff, MonitorUp, MonitorX } from "lucide-react";
import { type InputKind, isStarting, type LocalDevices } from "./media/local-devices.ts";
import type { StageSeat } from "./stage-seat.ts";

const Toggle = ({
  on,
  label,
  icon,
  onClick,
  disabled = false,
  tone,
}: {
  on: boolean;
  label: string;
  icon: LucideIcon;
  onClick: () => void;
  disabled?: boolean;
  tone?: "off" | "held" | "lit" | undefined;
}) => (
  <IconButton
    label={label}
    icon={icon}
    onClick={onClick}
    disabled={disabled}
    aria-pressed={on}
    className={cx("stage-button", tone && `stage-button-${tone}`)}
  />
);

const INPUTS = {
  microphone: { on: [Mic, "Mute microphone"], off: [MicOff, "Unmute microphone"] },
  camera: { on: [Camera, "Turn camera off"], off: [CameraOff, "Turn camera on"] },
} as const satisfies Record<InputKind, Record<"on" | "off", [LucideIcon, string]>>;

/** Whom the host has muted may still choose what is heard of them once they are let speak. */
const HELD = {
  on: "The host has muted you. Stay muted when they let you speak",
  off: "The host has muted you. Be heard when they let you speak",
} as const;

export const InputToggle = ({
  devices,
  kind,
  held = false,
}: {
  devices: LocalDevices;
  kind: InputKind;
  /** The host lets nothing of it through. */
  held?: boolean;
}) => {
  const input = useStore(devices.state)[kind];
  const works = input.on && input.track !== null;
  const way = works ? "on" : "off";
  const [icon, label] = INPUTS[kind][way];
  const turn = () => {
    // Where it is wanted but not there, it is asked for once more.
    void devices.turn(kind, input.on ? input.track === null && input.problem !== null : true);
  };
  const tone = works || isStarting(input) ? undefined : "off";
  return held ? (
    <Toggle on={works} label={HELD[way]} icon={INPUTS[kind].off[0]} onClick={turn} tone={tone ?? "held"} />
  ) : (
    <Toggle on={works} label={label} icon={icon} onClick={turn} tone={tone} />
  );
};

export const ScreenToggle = ({ seat }: { seat: StageSeat }) => {
  const { screen } = useStore(seat.view);
  // Phones have none.
  if (!("getDisplayMedia" in (navigator.mediaDevices ?? {}))) return null;
  return screen === null ? (
    <Toggle on={false} label="Share screen" icon={MonitorUp} onClick={() => void seat.shareScreen()} />
  ) : (
    <Toggle on label="Stop sharing" icon={MonitorX} onClick={() => seat.stopScreen()} tone="lit" />
  );
};

export const HandToggle = ({
  raised,
  onChange,
}: {
  raised: boolean;
  onChange: (raised: boolean) => void;
}) => (
  <Toggle
    on={raised}
    label={raised ? "Lower hand" : "Raise hand"}
    icon={Hand}
    onClick={() => onChange(!raised)}
    tone={raised ? "lit" : undefined}
  />
);
