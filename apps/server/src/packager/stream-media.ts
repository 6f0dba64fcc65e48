import type { StreamId } from "@footlight/shared";
import type { SegmentBytes } from "./cutter.ts";
import type { RenditionView } from "./rendition-view.ts";
import type { RunInfo } from "./runs.ts";
import type { SlotLog } from "./slot-log.ts";
import { initKey, type StreamStore, segmentKey } from "./stream-store.ts";

export type MediaBytes = Pick<SegmentBytes, "chunks" | "byteLength">;

/** Bytes: at once from memory, later from the blob store, undefined where there are none. */
export type FoundMedia = MediaBytes | Uint8Array | Promise<Uint8Array | undefined> | undefined;

export interface StreamMediaDeps {
  readonly streamId: StreamId;
  readonly log: SlotLog;
  readonly runs: ReadonlyMap<number, RunInfo>;
  readonly views: ReadonlyMap<string, RenditionView>;
  readonly store: StreamStore;
  /** Parts will still come. */
  readonly makesParts: () => boolean;
}

/** What players fetch of a stream besides playlists. */
export class StreamMedia {
  readonly #deps: StreamMediaDeps;

  constructor(deps: StreamMediaDeps) {
    this.#deps = deps;
  }

  segment(rendition: string, seq: number): MediaBytes | Promise<Uint8Array | undefined> | undefined {
    const { log, store, streamId } = this.#deps;
    const entry = log.get(seq)?.entries.get(rendition);
    if (entry?.kind !== "media") return undefined;
    if (entry.chunks !== undefined) return { chunks: entry.chunks, byteLength: entry.byteLength };
    return entry.stored ? store.get(segmentKey(streamId, rendition, seq)) : undefined;
  }

  /** A part that is still in memory, or the mark of one that comes next. */
  part(rendition: string, seq: number, part: number): Uint8Array | "hinted" | undefined {
    const entry = this.#deps.log.get(seq)?.entries.get(rendition);
    if (entry?.kind === "media" && part < entry.parts.length) return entry.chunks?.[part];
    const open = entry?.kind === "open" ? entry.parts[part]?.bytes : undefined;
    if (open !== undefined || !this.#deps.makesParts()) return open;
    const hint = this.#deps.views.get(rendition)?.hint;
    return hint?.seq === seq && hint.part === part ? "hinted" : undefined;
  }

  init(rendition: string, run: number): Uint8Array | Promise<Uint8Array | undefined> | undefined {
    const { runs, store, streamId } = this.#deps;
    const info = runs.get(run);
    if ((info?.tracks.get(rendition)?.codecString ?? "") === "") return undefined;
    return info?.inits.get(rendition) ?? store.get(initKey(streamId, rendition, run));
  }
}
