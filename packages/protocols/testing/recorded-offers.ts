import { readFileSync } from "node:fs";

/**
 * Offers of real clients in `offers/`, as they sent them. Recorded: Chromium 156, Firefox ESR 153, werift
 * 0.22.9, aiortc 1.4.0, GStreamer 1.22 (webrtcbin), ffmpeg 9.0 (`-f whip`), libdatachannel 0.24.5 (OBS' library,
 * called as obs-webrtc/whip-output.cpp does). Written after their sources, for they cannot run here: OBS 30 and
 * 31 (libdatachannel's offer without candidates; Debian builds OBS without it), Safari (libwebrtc as WebKit
 * builds it: H.264 high and baseline, no VP8 first).
 */
export type OfferName =
  | "aiortc-publisher"
  | "aiortc-viewer"
  | "chromium-data"
  | "chromium-publisher"
  | "chromium-simulcast"
  | "chromium-viewer"
  | "ffmpeg-publisher"
  | "firefox-publisher"
  | "firefox-viewer"
  | "gstreamer-publisher"
  | "gstreamer-viewer"
  | "libdatachannel-publisher"
  | "obs-publisher"
  | "obs-simulcast"
  | "safari-viewer"
  | "werift-publisher"
  | "werift-viewer";

export function recordedOffer(name: OfferName): string {
  return readFileSync(new URL(`offers/${name}.sdp`, import.meta.url), "utf8");
}
