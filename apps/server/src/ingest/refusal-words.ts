import type { PublishRefusal } from "@footlight/shared";
import type { Revocation } from "../stream/publish.ts";

/**
 * What the streamer reads in the encoder's log. Encoders have no codes of ours to choose words by, so
 * the words have to be here and not in the UI.
 */
const REFUSALS: Readonly<Record<PublishRefusal, string>> = {
  wrong_key: "Wrong stream key. Copy the key from your dashboard again.",
  key_in_use:
    "This stream key is already live from another encoder. Stop that one, or switch over in your dashboard.",
  stream_ended:
    "This stream was ended. Start it again in your dashboard, or stop the encoder, wait a minute and start it.",
  server_full: "The server cannot carry another stream now. Try again later.",
  locked_out: "Too many wrong stream keys from this address. Wait a minute and try again.",
  server_closing: "The server is restarting. Connect again in a few seconds.",
  unsupported_codec: "This codec is not supported. Use H.264 video and AAC audio.",
};

const REVOCATIONS: Readonly<Record<Revocation, string>> = {
  taken_over: "Another encoder took this stream over with the same key.",
  key_rotated: "The stream key was replaced. Copy the new one from your dashboard.",
  ended: "The stream was ended in the dashboard.",
  server_closing: "The server is restarting. Connect again in a few seconds.",
  switched: "The stream was switched to another encoder in the dashboard.",
  idle: "No media came for too long.",
};

export const describeRefusal = (code: PublishRefusal): string => REFUSALS[code];
export const describeLockOut = (lockedForMs: number): string =>
  `Too many wrong stream keys from this address. Try again in ${Math.ceil(lockedForMs / 1000)} s.`;
/** The signal's reason is typed `any` by the platform: words of another kind get a general answer. */
export function describeRevocation(reason: unknown): string {
  const known = Object.entries(REVOCATIONS).find(([name]) => name === reason);
  return known?.[1] ?? "The server closed this stream.";
}
