import { formatBitrate } from "@footlight/ui/format.ts";
import { LINE_SHARE, type Limit, type Measurements, type Proposal } from "../../../model/proposal.ts";
import type { CameraState } from "./camera-preview.ts";
import type { UploadFault } from "./measuring.ts";

export const uploadFaultWords = (fault: UploadFault): string =>
  ({
    not_signed_in: "You are not signed in any more. Sign in again, and it can be measured.",
    on_air: "You are on air, and a test would take the line from your viewers. Measure afterwards.",
    unreachable: "Your server stopped answering. Check your connection and try again.",
    signed_out: "Your server no longer knows this sign-in. Sign in again, and it can be measured.",
    too_often: "Your server takes only so many tests a minute.",
    no_sink:
      "Your server offers no upload test. It may be an older one; the studio plans with an ordinary line.",
  })[fault];

type DeviceFault = Extract<CameraState, { state: "failed" }>["code"];
type System = "mac" | "windows" | "other";

export const systemOf = (platform: string): System =>
  /mac/i.test(platform) ? "mac" : /win/i.test(platform) ? "windows" : "other";

/** What is wrong with a camera or microphone, and what to do about it on this system. */
const deviceFaultWords = (kind: "camera" | "microphone", code: DeviceFault, system: System): string => {
  const name = kind === "camera" ? "Camera" : "Microphone";
  switch (code) {
    case "no_permission":
      return {
        mac: `macOS does not let the studio use it. Allow it in System Settings → Privacy & Security → ${name}, then open the studio again.`,
        windows: `Windows does not let the studio use it. In Settings → Privacy & security → ${name}, switch on “Let desktop apps access your ${kind}”.`,
        other: `The system does not let the studio use it. Allow it in the privacy settings${kind === "camera" ? ", or add your user to the group “video”" : ""}, then choose it again.`,
      }[system];
    case "no_device":
    case "not_found":
    case "unplugged":
      return "It is not connected any more. Plug it in, or choose another one.";
    default:
      return `Another program may hold it. Close that, then choose the ${kind} again.`;
  }
};

/** What is said in place of a picture or a level. */
export const deviceWords = (
  kind: "camera" | "microphone",
  now: Exclude<CameraState, { state: "live" }>,
  isThere: boolean,
): string => {
  if (now.state === "failed") return deviceFaultWords(kind, now.code, systemOf(navigator.platform));
  if (now.state === "starting") return `The ${kind} is being turned on`;
  return isThere
    ? `The ${kind} is off.`
    : `No ${kind} is connected. Plug one in and it appears here, or go on without.`;
};

export const noScreenWords = (system: System): string =>
  ({
    mac: "macOS shows no screen to the studio. Allow it in System Settings → Privacy & Security → Screen & System Audio Recording, then open the studio again.",
    windows: "Windows shows no screen to the studio. Look again, or go on without one.",
    other: "The system shows no screen to the studio. Some ask first: look again, and allow it there.",
  })[system];

const times = (room: number): string =>
  room >= 10 ? String(Math.round(room)) : room.toFixed(1).replace(/\.0$/, "");

/** Why this picture and none better, in a sentence. */
export const pictureReason = (proposal: Proposal, { camera, screen, lineBps }: Measurements): string => {
  const { beyond, limit, slow, usableBps, bitrateReason } = proposal;
  if (slow && limit === "line")
    return "The smallest there is, and still more than your line holds: expect breaks. A cable instead of Wi-Fi often helps.";
  if (slow)
    return "The smallest there is, and still much for this machine. Close what else runs before you go live.";
  switch (limit) {
    case null:
      return "The best there is: nothing that was measured asks for less.";
    case "line":
      return bitrateReason === "unknown_line" || usableBps === null || lineBps === null
        ? "Your line was not measured, so the studio stays with what most lines carry and every service takes."
        : `A better one begins at ${formatBitrate(beyond?.leastBps ?? 0)}, and your line is good for ${formatBitrate(usableBps)}.`;
    case "machine":
      return proposal.encoderReason === "unknown"
        ? "No encoder could be tried, so the studio stays with what most machines can do."
        : "A better one would leave this machine too little for composing, sound and whatever else runs.";
    case "camera":
      return `Your camera gives ${camera?.width} × ${camera?.height} at ${camera?.fps}: a better one would show no more.`;
    case "screen":
      return `Your screen has ${screen?.width} × ${screen?.height}: a larger one would show no more.`;
  }
};

export const bitrateReason = ({ bitrateReason, usableBps }: Proposal, { lineBps }: Measurements): string => {
  const share = `${LINE_SHARE * 100} %`;
  const line = formatBitrate(lineBps ?? 0);
  switch (bitrateReason) {
    case "full":
      return `All that this picture needs. Your line carried ${line}, and with ${share} of it there is room for bad minutes.`;
    case "line":
      return `Your line carried ${line}. The studio uses ${share} of it, less the sound, so that a bad minute breaks nothing.`;
    case "too_slow":
      return `Your line carried ${line}, of which ${formatBitrate(usableBps ?? 0)} can be counted on: too little for a clear picture.`;
    case "unknown_line":
      return "What this picture needs. If your service names a limit below it, set that.";
  }
};

export const encoderReason = ({ encoderReason, encoderRoom }: Proposal): string => {
  const room = `${times(encoderRoom ?? 0)} times as fast as needed`;
  switch (encoderReason) {
    case "hardware":
      return `Your graphics chip does it, ${room}, and leaves the processor to everything else.`;
    case "built_in":
      return `It is ${room} here, and gets its pictures without a detour.`;
    case "processor":
      return `It is ${room} here, which leaves the processor room for composing and sound.`;
    case "too_slow":
      return `The quickest here, at ${room}: too little to be safe.`;
    case "unknown":
      return "None could be tried now; the studio takes the best that works when you go live.";
  }
};

/** Said beside what somebody chose by hand. */
export const strainWords = (limit: Limit): string =>
  limit === "line"
    ? "This is more than your line was good for. Viewers may see breaks."
    : "This encoder was not quick enough for it here. Pictures may be left out.";
