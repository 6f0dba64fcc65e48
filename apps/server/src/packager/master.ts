import { writeMultivariantPlaylist } from "@footlight/protocols/m3u8/multivariant-playlist.ts";
import type { StreamClock } from "../stream/capture-clock.ts";
import { PlaylistBody } from "./playlist-body.ts";
import type { RenditionView } from "./rendition-view.ts";
import type { RunInfo, TrackInfo } from "./runs.ts";
import { Waiters, type Waiting } from "./waiters.ts";

/** It waits this long for the slower renditions of a new run. */
const PATIENCE_MS = 1_500;

/** Tells players what their delay counts from: `capture`, or `arrival` at the server. */
const CLOCK_DATA_ID = "tv.footlight.clock";
/** Names the variants whose first playlist may be waited for: players ask for it before they switch. */
const ON_DEMAND_DATA_ID = "tv.footlight.on-demand";

export interface Quality {
  readonly name: string;
  readonly kind: "video" | "audio";
  readonly bitrateBps: number;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** What it says of the stream beside its renditions. */
export interface MasterFacts {
  /** Of the newest date-times. */
  clockSource(): StreamClock["source"];
  /** Whether a rendition is made only while somebody asks for it. */
  onDemand(rendition: string): boolean;
}

interface Rated {
  readonly track: TrackInfo;
  readonly peakBps: number;
  readonly averageBps: number;
}

/** The run's configured renditions that still get media, best first. */
function rate(
  run: RunInfo,
  views: ReadonlyMap<string, RenditionView>,
  alive: (name: string) => boolean,
): Rated[] {
  return [...run.tracks.values()].flatMap((track) => {
    const view = views.get(track.name);
    if (view === undefined || track.codecString === "" || !alive(track.name)) return [];
    const measured = view.averageBps();
    // A still picture now may be a waterfall in a minute, and a player reads this only once: an
    // encoder's target counts as a peak that has been seen (RFC 8216bis §4.4.6.2, BANDWIDTH).
    const peakBps = Math.max(view.peakBps, track.bitrateBps);
    return [{ track, peakBps, averageBps: measured === 0 ? track.bitrateBps : measured }];
  });
}

function writeMaster(
  run: RunInfo,
  views: ReadonlyMap<string, RenditionView>,
  alive: (name: string) => boolean,
  form: { readonly playlist: string; readonly told: MasterFacts },
): string {
  const { playlist, told } = form;
  const rated = rate(run, views, alive);
  const audio = rated.find(({ track }) => track.kind === "audio");
  const onDemand = rated.map(({ track }) => track.name).filter((name) => told.onDemand(name));
  return writeMultivariantPlaylist({
    sessionData: {
      [CLOCK_DATA_ID]: told.clockSource(),
      ...(onDemand.length > 0 && { [ON_DEMAND_DATA_ID]: onDemand.join() }),
    },
    videos: rated
      .filter(({ track }) => track.kind === "video")
      .map(({ track, peakBps, averageBps }) => ({
        uri: `${track.name}/${playlist}`,
        codec: track.codecString,
        width: track.width,
        height: track.height,
        frameRate: track.fps,
        peakBps,
        averageBps,
      })),
    audio:
      audio === undefined
        ? undefined
        : {
            uri: `${audio.track.name}/${playlist}`,
            codec: audio.track.codecString,
            channels: audio.track.channels,
            peakBps: audio.peakBps,
            averageBps: audio.averageBps,
          },
  });
}

/** For the API: what can be watched now. */
function listQualities(
  run: RunInfo,
  views: ReadonlyMap<string, RenditionView>,
  alive: (name: string) => boolean,
): Quality[] {
  return rate(run, views, alive).map(({ track, averageBps }) => ({
    name: track.name,
    kind: track.kind,
    bitrateBps: track.bitrateBps > 0 ? track.bitrateBps : Math.round(averageBps),
    width: track.width,
    height: track.height,
    fps: track.fps,
  }));
}

/** The multivariant playlist: of the newest run that has something to play, written when asked for. */
export class MasterView {
  readonly #views: ReadonlyMap<string, RenditionView>;
  readonly #told: MasterFacts;
  readonly #ready = new Waiters();
  /** Whether a rendition of the shown run still gets media. */
  #alive: (name: string) => boolean = () => true;
  #run: RunInfo | undefined;
  readonly #bodies = new Map<string, PlaylistBody>();
  #patience: NodeJS.Timeout | undefined;

  constructor(views: ReadonlyMap<string, RenditionView>, told: MasterFacts) {
    this.#views = views;
    this.#told = told;
  }

  get blocked(): number {
    return this.#ready.size;
  }

  /** `parts`: of the low-latency playlists. */
  body({ parts }: { readonly parts: boolean }): PlaylistBody | undefined {
    if (this.#run === undefined) return undefined;
    const playlist = parts ? "ll.m3u8" : "index.m3u8";
    let body = this.#bodies.get(playlist);
    if (body === undefined) {
      const form = { playlist, told: this.#told };
      body = new PlaylistBody(writeMaster(this.#run, this.#views, this.#alive, form));
      this.#bodies.set(playlist, body);
    }
    return body;
  }

  qualities(): readonly Quality[] {
    return this.#run === undefined ? [] : listQualities(this.#run, this.#views, this.#alive);
  }

  whenReady(timeoutMs: number): Waiting {
    return this.#ready.wait(1, timeoutMs);
  }

  /** Something that it says has changed. */
  invalidate(): void {
    this.#bodies.clear();
  }

  /** A new run has its first slot. `whole`: all its renditions have begun; else they get a moment. */
  offer(run: RunInfo, whole: boolean, alive: (name: string) => boolean): void {
    if (this.#run === run) return;
    if (whole) this.show(run, alive);
    else this.#patience ??= setTimeout(() => this.show(run, alive), PATIENCE_MS);
  }

  show(run: RunInfo, alive: (name: string) => boolean): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#run = run;
    this.#alive = alive;
    this.#bodies.clear();
    this.#ready.release();
  }

  /** The stream is over: those who wait get what there is. */
  close(): void {
    clearTimeout(this.#patience);
    this.#bodies.clear();
    this.#ready.release();
  }
}
