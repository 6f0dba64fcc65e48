/** One cue of a WebVTT file (W3C WebVTT §4): what holds from a time to a time, in seconds. */
export interface WebVttCue {
  readonly startS: number;
  readonly endS: number;
  readonly text: string;
}

/** Cues in the order of their starts; a text of several lines must hold no blank one. */
export function writeWebVtt(cues: readonly WebVttCue[]): string {
  const blocks = cues.map(
    ({ startS, endS, text }) => `${timestamp(startS)} --> ${timestamp(endS)}\n${text}\n`,
  );
  return ["WEBVTT\n", ...blocks].join("\n");
}

/** `hh:mm:ss.mmm`; hours grow as they must. */
function timestamp(seconds: number): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes, whole] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60].map(Math.floor);
  return `${two(hours ?? 0)}:${two(minutes ?? 0)}:${two(whole ?? 0)}.${String(ms % 1_000).padStart(3, "0")}`;
}
