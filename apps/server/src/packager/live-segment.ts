import type { IncomingMessage, ServerResponse } from "node:http";
import { beginBytes } from "./media-answer.ts";
import type { RenditionView } from "./rendition-view.ts";
import { isGone } from "./response-state.ts";
import type { SlotEntry, SlotLog } from "./slot-log.ts";

/** What is read of a stream while one of its segments is being made. */
export interface LiveSegmentSource {
  readonly log: SlotLog;
  view(rendition: string): Pick<RenditionView, "waitFor" | "edgeSeq"> | undefined;
}

/** Nothing came for so long: the encoder is gone, and with it the rest of the segment. */
const MAX_SILENCE_MS = 10_000;

const entryOf = (source: LiveSegmentSource, rendition: string, seq: number): SlotEntry | undefined =>
  source.log.get(seq)?.entries.get(rendition);

/** Whether a segment is the next one of a rendition. */
export function isComing(source: LiveSegmentSource, rendition: string, seq: number): boolean {
  const edgeSeq = source.view(rendition)?.edgeSeq;
  return edgeSeq !== undefined && seq === edgeSeq + 1;
}

/** Whether a segment is being made. */
export const isOpen = (source: LiveSegmentSource, rendition: string, seq: number): boolean =>
  entryOf(source, rendition, seq)?.kind === "open";

/**
 * Gives out a segment that is open, chunk by chunk as they are cut (chunked transfer, or DATA frames),
 * until it is whole. It is byte for byte what is served afterwards. Where the rest never comes the
 * answer breaks off, so that no cache takes it for the whole.
 */
export async function answerLiveSegment(
  req: IncomingMessage,
  res: ServerResponse,
  source: LiveSegmentSource,
  { rendition, seq, type }: { readonly rendition: string; readonly seq: number; readonly type: string },
): Promise<void> {
  const view = source.view(rendition);
  beginBytes(res, type);
  if (req.method === "HEAD" || view === undefined) {
    res.end();
    return;
  }
  for (let sent = 0; !isGone(res); ) {
    const entry = entryOf(source, rendition, seq);
    const chunks = entry?.kind === "open" ? entry.parts.map(({ bytes }) => bytes) : wholeOf(entry);
    if (chunks === undefined) {
      res.destroy();
      return;
    }
    // What a slow client has not taken yet are references to the segment's own bytes.
    for (const chunk of chunks.slice(sent)) res.write(chunk);
    sent = chunks.length;
    if (entry?.kind === "media") {
      res.end();
      return;
    }
    const waiting = view.waitFor(seq, sent, MAX_SILENCE_MS);
    res.once("close", waiting.cancel);
    const came = await waiting.reached;
    res.off("close", waiting.cancel);
    if (!came && entryOf(source, rendition, seq) === entry) res.destroy();
  }
}

const wholeOf = (entry: SlotEntry | undefined): readonly Uint8Array[] | undefined =>
  entry?.kind === "media" ? entry.chunks : undefined;
