import { readFileSync } from "node:fs";

/**
 * Offers of real clients in `offers/`, as they sent them. Recorded: Chromium 156, Firefox ESR 153, werift
 * 0.22.9, aiortc 1.4.0, GStreamer 1.22 (webrtcbin). Written after their sources, for they cannot run here:
 * OBS 30 and 31 (obs-webrtc/whip-output.cpp and libdatachannel's description.cpp), Safari (libwebrtc as
 * WebKit builds it: H.264 high and baseline, no VP8 first).
 */
export type OfferName =
  | "aiortc-publisher"
  | "aiortc-viewer"
  | "chromium-data"
  | "chromium-publisher"
  | "chromium-simulcast"
  | "chromium-viewer"
  | "firefox-publisher"
  | "firefox-viewer"
  | "gstreamer-publisher"
  | "gstreamer-viewer"
  | "obs-publisher"
  | "obs-simulcast"
  | "safari-viewer"
  | "werift-publisher"
  | "werift-viewer";

export function recordedOffer(name: OfferName): string {
  return readFileSync(new URL(`offers/${name}.sdp`, import.meta.url), "utf8");
}
