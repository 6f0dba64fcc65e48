import type { LevelDetails } from "hls.js";

/** So near to each other are the end of a segment that was fetched and of what it left in the buffer. */
const HAIR_S = 0.02;

/**
 * hls.js 1.7.4 takes LAST-PART=0 of a rendition report for none and asks for this rendition's last part
 * instead (`switchParams`): up to a segment too far, and held as long. Without a report it asks for what
 * there is.
 */
export const dropFirstParts = (details: LevelDetails): void => {
  if (details.renditionReports)
    details.renditionReports = details.renditionReports.filter((report) => report["LAST-PART"] !== "0");
};

/** What it takes of hls.js's `LevelDetails`, seconds of media time. */
interface Listed {
  readonly fragments: readonly ListedFragment[];
  readonly partList: readonly ListedPart[] | null;
}

interface ListedFragment {
  readonly sn: number | "initSegment";
  readonly start: number;
  readonly end: number;
  setStart(startS: number): void;
}

interface ListedPart {
  readonly fragment: ListedFragment;
  readonly start: number;
  readonly end: number;
  readonly loaded: boolean;
  readonly elementaryStreams: LevelDetails["fragments"][number]["elementaryStreams"];
}

/**
 * hls.js (1.7.4) finds where to go on in another rung by the end of the buffer alone, and takes a segment
 * that is wholly there, in the rung before, for one to be fetched: a second of a thin line. So its parts
 * are taken for loaded, and the list is moved by the microsecond by which the buffer ends before it.
 */
export const goOnAfter = (details: Listed, bufferedEndS: number): void => {
  const parts = details.partList ?? [];
  const listed = new Set([...details.fragments, ...parts.map(({ fragment }) => fragment)]);
  // Of a segment that is still being made, the end is only that of its newest part.
  const last = details.fragments.find(({ end }) => Math.abs(end - bufferedEndS) < HAIR_S);
  if (!last) return;
  const byS = Math.min(0, bufferedEndS - last.end);
  if (byS < 0) for (const fragment of listed) fragment.setStart(fragment.start + byS);
  for (const part of parts) {
    if (part.fragment.sn !== last.sn || part.loaded) continue;
    const { start, end } = part;
    part.elementaryStreams.video = { startPTS: start, endPTS: end, startDTS: start, endDTS: end };
  }
};
