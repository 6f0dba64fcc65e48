import type { DelayStages, Tier } from "@footlight/shared";
import { countOf } from "@footlight/ui/format.ts";
import type { CallOutput } from "../../contract/studio-calls.ts";
import type { BackfillSnapshot, TargetSnapshot } from "../../contract/studio-topics.ts";

/** Words for what goes on while one is on air: targets, what a line kept back, delays, the recording. */

/** Codes of the encoder's lines (uplink/rtmp-fault.ts); what is none of them is the engine's or system's own word. */
const causeWords = (cause: string): string =>
  ({
    bad_address: "its address is not one to publish to",
    unreachable: "nothing answers at its address",
    untrusted: "its certificate is not trusted",
    timed_out: "it did not answer in time",
    connection_lost: "the connection broke",
    closed_unsaid: "it closed the connection without a word",
    protocol: "it said something that is not RTMP",
    refused: "it said no for now",
    restarted: "the studio's own process was started again",
  })[cause] ?? cause;

const inSeconds = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000);
  return seconds <= 0 ? "now" : `in ${seconds} s`;
};

/** Where a target stands, in a few words. */
export const targetWords = ({ state }: Pick<TargetSnapshot, "state">, nowMs: number): string => {
  switch (state.state) {
    case "connecting":
      return state.attempt > 1 ? `connecting, try ${state.attempt}` : "connecting";
    case "live":
      return state.degraded ? "on air, at a lower bitrate" : "on air";
    case "reconnecting":
      return `reconnecting ${inSeconds(state.retryAtMs - nowMs)}, try ${state.attempt}`;
    case "refused":
      return { bad_key: "refused the key", key_in_use: "key in use", rejected: "refused" }[state.code];
    case "failed":
      return "failed";
    case "stopped":
      return "ready";
  }
};

/** Why it is not simply on air, and what to do; null: nothing is the matter. */
export const targetRemedy = ({ state, kind }: Pick<TargetSnapshot, "state" | "kind">): string | null => {
  switch (state.state) {
    case "live":
      return state.degraded
        ? "The line is too slow for your bitrate, so the picture is sent with less. It goes up again by itself. If this comes back, choose a lower bitrate or a cable."
        : null;
    case "reconnecting":
      return `Not connected: ${causeWords(state.cause)}. The studio tries again by itself, and viewers there stay in the same broadcast.`;
    case "refused":
      return refusalRemedy(state, kind);
    case "failed":
      return `Given up: ${causeWords(state.cause)}. Check its address and your connection.`;
    case "connecting":
      return state.attempt > 1 ? "Not connected yet. The studio goes on trying by itself." : null;
    case "stopped":
      return null;
  }
};

const refusalRemedy = (
  { code, description }: Extract<TargetSnapshot["state"], { state: "refused" }>,
  kind: TargetSnapshot["kind"],
): string => {
  switch (code) {
    case "bad_key":
      return kind === "footlight"
        ? "Your server does not know the key it gave. Sign out and in again."
        : "It does not know this key. Copy it anew from the service, and save it in the settings.";
    case "key_in_use":
      return "Somebody else sends with this key. End that broadcast first, then try again.";
    case "rejected":
      return description === "" ? "It gave no reason." : `It says: ${description}`;
  }
};

/** What happens with the frames that a broken line kept back. */
export const backfillWords = ({ state, frames, sent, leftMs, cause }: BackfillSnapshot): string => {
  switch (state) {
    case "keeping":
      return `${countOf(frames, "frame")} kept here until the line is back`;
    case "sending":
      return leftMs === null
        ? "What the viewers missed is being uploaded"
        : `What the viewers missed is being uploaded: ${durationWords(leftMs)} left`;
    case "done":
      return `${countOf(sent, "frame")} that the line had kept back uploaded`;
    case "failed":
      return `What the viewers missed could not be uploaded: ${cause ?? "the server does not take it"}`;
  }
};

/** `12 s`, `4 min`, `2 h 5 min` */
export const durationWords = (ms: number): string => {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
};

export const byteWords = (count: number): string => {
  if (count >= 1e12) return `${(count / 1e12).toFixed(1)} TB`;
  if (count >= 1e9) return `${(count / 1e9).toFixed(count < 1e11 ? 1 : 0)} GB`;
  return `${count < 1e7 ? (count / 1e6).toFixed(1) : Math.round(count / 1e6)} MB`;
};

export const tierWords = (tier: Tier): string =>
  ({ standard: "Standard", low: "Low delay", ultra: "Ultra" })[tier];

/** Stages of a frame's way in their order; what is not measured is not among them. */
export const stageWords = (stages: DelayStages): { name: string; ms: number }[] =>
  (
    [
      ["Camera to server", stages.ingest],
      ["Held back as you wished", stages.held ?? null],
      ["Encoding on the server", stages.transcode],
      ["Until a piece is whole", stages.packaging],
      ["Delivery", stages.delivery],
      ["In the player", stages.buffer],
    ] as const
  ).flatMap(([name, ms]) => (ms === null || ms === 0 ? [] : [{ name, ms }]));

/** Main's codes for a recording that does not begin or has ended, or the system's own words. */
export const recordingFaultWords = (fault: string): string =>
  ({
    disk_full: "The disk is full. Make room, or choose another folder in the settings.",
    disk_slow: "The disk is too slow for it. Choose another folder, or a lower bitrate.",
    encoder_down: "The encoder does not run. Try again in a moment.",
    nothing_recorded: "No picture came before it ended.",
    unwritable: "The folder cannot be written to. Choose another one in the settings.",
  })[fault] ?? `The system says: ${fault}.`;

/** Main's codes for a file that cannot be written (system/file-fault.ts), or the system's own words. */
export const fileFaultWords = (fault: string): string =>
  ({
    disk_full: "The disk is full: make room.",
    unwritable: "Its folder cannot be written to.",
  })[fault] ?? `The system says: ${fault}.`;

/** The server's codes for a request it refuses. */
export const serverFaultWords = (fault: string): string =>
  ({
    unreachable: "Your server does not answer.",
    foreign: "Your server answered something strange.",
    stream_not_live: "Nothing of yours is on air there.",
    unauthorized: "You are no longer signed in. Sign in again in the settings.",
  })[fault] ?? `Your server refused: ${fault}`;

export const markerFaultWords = (fault: NonNullable<CallOutput<"marker.put">["fault"]>): string =>
  ({
    nothing_runs: "Nothing is on air or recorded, so there is nothing to mark.",
    too_many: "There is no room for more markers.",
  })[fault];
