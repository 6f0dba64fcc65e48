import { iceServersOf } from "@footlight/shared";
import type { EngineFailure } from "./engine.ts";

export type WhepAnswer =
  | { kind: "answer"; sdp: string; sessionUrl: string | null; iceServers: RTCIceServer[] }
  | { kind: "refused"; failure: EngineFailure; retryAfterMs: number };

/** Opus is mono to browsers unless the receiver asks for stereo (RFC 7587 §6.1). */
export const withStereo = (sdp: string): string => {
  const opus = /^a=rtpmap:(\d+) opus\/48000\/2\r?$/m.exec(sdp)?.[1];
  if (opus === undefined || /stereo=1/.test(sdp)) return sdp;
  return sdp.replace(new RegExp(`^(a=fmtp:${opus} [^\\r\\n]*)`, "m"), "$1;stereo=1");
};

/** Seconds, or a date (RFC 9110 §10.2.3). */
export const retryAfterMs = (header: string | null, nowMs: number): number => {
  if (header === null) return 0;
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : 0;
};

/** The code of a problem document (RFC 9457), which other servers than ours may not send. */
const problemCode = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "code" in value ? value.code : undefined;
  } catch {
    return undefined;
  }
};

/** What a refusal is to the player. Too many offers of one address are as good as no place. */
export const failureOf = (status: number, text: string): EngineFailure => {
  const code = problemCode(text);
  if (status === 404 || status === 410 || code === "rtc_unavailable") return "missing";
  return status === 429 || code === "rtc_full" ? "full" : "network";
};

/** Offers to a WHEP endpoint (draft-ietf-wish-whep): without candidates, the server knows where it is. */
export async function openWhep(endpoint: string, sdp: string, signal: AbortSignal): Promise<WhepAnswer> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/sdp" },
    body: sdp,
    signal,
  });
  const text = await response.text();
  if (response.status !== 201) {
    return {
      kind: "refused",
      failure: failureOf(response.status, text),
      retryAfterMs: retryAfterMs(response.headers.get("retry-after"), Date.now()),
    };
  }
  const location = response.headers.get("location");
  // Relative to where the answer came from, redirects included.
  const base = response.url || new URL(endpoint, globalThis.location.href).href;
  return {
    kind: "answer",
    sdp: text,
    sessionUrl: location === null ? null : new URL(location, base).href,
    iceServers: iceServersOf(response.headers.get("link")),
  };
}

/** Outlives its page. Never rejects: a session that has ended already is as good. */
export const closeWhep = async (sessionUrl: string): Promise<void> => {
  await fetch(sessionUrl, { method: "DELETE", keepalive: true }).catch(() => undefined);
};
