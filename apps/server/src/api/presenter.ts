import type { rest, StreamCard, StreamId } from "@footlight/shared";
import type { z } from "zod";
import type { LiveControl } from "../domain/streams/live-control.ts";
import type { Stream } from "../domain/streams/stream.ts";
import type { Clock } from "../platform/clock.ts";
import { isLoopback } from "../platform/network.ts";

export interface IngestPorts {
  readonly rtmp: number;
  readonly rtmps: number | undefined;
}

export interface PresenterDeps {
  readonly publicUrl: string | undefined;
  /** The ports as they were bound. */
  readonly ingest: () => IngestPorts;
  /** This machine's address for the devices around it, where there is one. */
  readonly lanAddress: () => string | undefined;
  /** Whether a media worker runs: without one there is neither WHIP nor WHEP. */
  readonly rtc: { readonly available: boolean };
  readonly live: Pick<LiveControl, "qualities">;
  readonly viewers: { count(streamId: StreamId): Promise<number> };
  readonly thumbnails: { get(streamId: StreamId): Uint8Array | undefined };
  readonly clock: Pick<Clock, "nowMs">;
}

/** A picture's address changes as often as the picture may, so that caches never show an old one. */
const THUMBNAIL_MS = 10_000;

export const isoTime = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : isoTime(ms));

/**
 * Streams as clients see them. `base` is put before every path: an origin for REST, nothing for our
 * own apps, which may be reached by another name than PUBLIC_URL's and must stay on their origin.
 */
export class Presenter {
  constructor(private readonly deps: PresenterDeps) {}

  avatar(hash: string | null, base = ""): string | null {
    return hash === null ? null : `${base}/avatars/${hash}.jpg`;
  }

  /** `origin`: how the client reached us; encoders reach us by the same name. */
  ingestUrls(origin: string): { rtmp: string; rtmps?: string; webrtc: string | null } {
    const base = this.deps.publicUrl ?? origin;
    const host = new URL(base).hostname;
    const { rtmp, rtmps } = this.deps.ingest();
    return {
      rtmp: `rtmp://${host}:${rtmp}/live`,
      ...(rtmps === undefined ? {} : { rtmps: `rtmps://${host}:${rtmps}/live` }),
      webrtc: this.deps.rtc.available ? `${base}/whip` : null,
    };
  }

  /** RTMP for a phone: null where `ingestUrls` has it already, or this machine is in no such network. */
  lanRtmp(origin: string): string | null {
    const { publicUrl, ingest, lanAddress } = this.deps;
    if (publicUrl !== undefined || !isLoopback(new URL(origin).hostname)) return null;
    const address = lanAddress();
    return address === undefined ? null : `rtmp://${address}:${ingest().rtmp}/live`;
  }

  streamer(stream: Stream, base: string): z.infer<typeof rest.StreamerRef> {
    const { userId, username } = stream;
    return { user_id: userId, username, avatar: this.avatar(stream.avatarHash, base) };
  }

  async stream(stream: Stream, base: string): Promise<z.infer<typeof rest.StreamAnswer>> {
    return {
      stream_id: stream.streamId,
      status: stream.status,
      title: stream.title,
      category: stream.category,
      tags: [...stream.tags],
      streamer: this.streamer(stream, base),
      viewer_count: await this.deps.viewers.count(stream.streamId),
      manifest_url: manifestUrl(stream.streamId, base),
      started_at: isoOrNull(stream.startedAtMs),
    };
  }

  async playback(stream: Stream, base: string): Promise<z.infer<typeof rest.PlaybackAnswer>> {
    return {
      stream_id: stream.streamId,
      status: stream.status,
      title: stream.title,
      streamer: this.streamer(stream, base),
      viewer_count: await this.deps.viewers.count(stream.streamId),
      started_at: isoOrNull(stream.startedAtMs),
      playback_urls: {
        hls: manifestUrl(stream.streamId, base),
        ll_hls: lowLatencyUrl(stream, base),
        dash: `${base}/media/${stream.streamId}/manifest.mpd`,
        whep: this.#whepUrl(stream, base),
      },
      qualities: [...this.deps.live.qualities(stream.streamId)],
      chat_url: null,
    };
  }

  async card(stream: Stream): Promise<StreamCard> {
    return {
      streamId: stream.streamId,
      status: stream.status,
      title: stream.title,
      category: stream.category,
      tags: [...stream.tags],
      username: stream.username,
      displayName: stream.displayName,
      avatar: this.avatar(stream.avatarHash),
      viewerCount: await this.deps.viewers.count(stream.streamId),
      startedAt: isoOrNull(stream.startedAtMs),
      thumbnail: this.#thumbnail(stream.streamId),
    };
  }

  /** Null where the stream does not offer the tier, or nobody can. */
  #whepUrl({ streamId, latencyMode, delayS }: Stream, base: string): string | null {
    return latencyMode === "ultra-low" && delayS === 0 && this.deps.rtc.available
      ? `${base}/whep/${streamId}`
      : null;
  }

  #thumbnail(streamId: StreamId): string | null {
    if (this.deps.thumbnails.get(streamId) === undefined) return null;
    return `/media/${streamId}/thumbnail.jpg?v=${Math.floor(this.deps.clock.nowMs() / THUMBNAIL_MS)}`;
  }
}

function manifestUrl(streamId: StreamId, base: string): string {
  return `${base}/media/${streamId}/master.m3u8`;
}

/** Null where the stream does not offer the tier. */
function lowLatencyUrl({ streamId, latencyMode }: Stream, base: string): string | null {
  return latencyMode === "standard" ? null : `${base}/media/${streamId}/ll.m3u8`;
}
