import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { buildAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import { NalType, nalTypeOf, splitAnnexB, toLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { type PesPacket, StreamType, TsDemuxer } from "@footlight/protocols/mpegts/demuxer.ts";
import { DEFAULT_LADDER, type LatencyMode } from "@footlight/shared";
import { systemClock } from "../src/platform/clock.ts";
import { createLogger } from "../src/platform/logger.ts";
import { TIMELINE_CLOCK } from "../src/stream/capture-clock.ts";
import type { MediaSink, RenditionUnit, Run } from "../src/stream/media-sink.ts";
import type { StreamEvent, Subscription } from "../src/stream/subscription.ts";
import type { AudioTrack, FrameRate, TrackSet, Unit, VideoTrack } from "../src/stream/unit.ts";
import { adtsFrames } from "../src/transcode/rendition-reader.ts";
import type { TranscodeSettings } from "../src/transcode/settings.ts";
import { Transcoder, type TranscoderDeps } from "../src/transcode/transcoder.ts";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
export const BUNDLED_FFMPEG: string = (require("@ffmpeg-installer/ffmpeg") as { path: string }).path;

export interface Material {
  readonly tracks: TrackSet;
  readonly units: readonly Unit[];
}

const RATES = [8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];
const RATE_INDEX = new Map(
  [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000].map((r, i) => [r, i]),
);

interface MaterialShape {
  readonly width: number;
  readonly height: number;
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly start90k?: number;
}

/** Encoded once a test file: nobody changes its units. */
const made = new Map<string, Promise<Material>>();

/** Real media of any shape as the hub would give it out: ffmpeg's arguments up to the output, times from `start90k`. */
export function material(args: string, shape: MaterialShape): Promise<Material> {
  const key = JSON.stringify([args, shape]);
  const found = made.get(key) ?? makeMaterial(args, shape);
  made.set(key, found);
  return found;
}

async function makeMaterial(args: string, shape: MaterialShape): Promise<Material> {
  const words = args.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', "")) ?? [];
  const output = ["-f", "mpegts", "-muxdelay", "0", "-muxpreload", "0", "-pes_payload_size", "0", "pipe:1"];
  const all = ["-hide_banner", "-loglevel", "error", ...words, ...output];
  const { stdout } = await run(BUNDLED_FFMPEG, all, { encoding: "buffer", maxBuffer: 1 << 28 });
  const packets: PesPacket[] = [];
  const demuxer = new TsDemuxer((packet) => packets.push(packet));
  demuxer.push(stdout);
  demuxer.flush();
  const { sampleRate = 48_000, channels = 2, start90k = 0 } = shape;
  let video: VideoTrack | undefined;
  let audio: AudioTrack | undefined;
  const units: Unit[] = [];
  for (const packet of packets) {
    const times = {
      dts90k: packet.dts90k + start90k,
      pts90k: packet.pts90k + start90k,
      receivedAtMs: 0,
      clock: TIMELINE_CLOCK,
    };
    if (packet.streamType === StreamType.h264) {
      const nals = splitAnnexB(packet.data);
      const of = (type: number) => nals.filter((nal) => nalTypeOf(nal) === type);
      video ??= {
        kind: "video",
        codec: "h264",
        config: buildAvcConfig(of(NalType.sps), of(NalType.pps)),
        width: shape.width,
        height: shape.height,
        claimedFrameRate: undefined,
        codecString: "avc1.64001f",
      };
      const kept = nals.filter(
        (nal) => ![NalType.sps, NalType.pps, NalType.aud].some((t) => t === nalTypeOf(nal)),
      );
      units.push({
        ...times,
        kind: "video",
        keyframe: of(NalType.idr).length > 0,
        data: toLengthPrefixed(kept),
      });
    } else {
      const index = RATE_INDEX.get(sampleRate) ?? 3;
      audio ??= {
        kind: "audio",
        codec: "aac",
        config: Uint8Array.from([(2 << 3) | (index >> 1), ((index & 1) << 7) | (channels << 3)]),
        sampleRate: RATES.includes(sampleRate) ? sampleRate : 48_000,
        channels,
        codecString: "mp4a.40.2",
      };
      let at = 0;
      for (const data of adtsFrames(packet.data)) {
        const shift = Math.round((at * 1024 * 90_000) / sampleRate);
        units.push({
          kind: "audio",
          dts90k: times.dts90k + shift,
          pts90k: times.pts90k + shift,
          keyframe: true,
          receivedAtMs: 0,
          clock: TIMELINE_CLOCK,
          data,
        });
        at += 1;
      }
    }
  }
  units.sort((a, b) => a.dts90k - b.dts90k);
  const tracks = { video, audio, expectsVideo: video !== undefined, expectsAudio: audio !== undefined };
  return { tracks, units };
}

/** A subscription that a test pushes into. */
export class FakeSubscription implements Subscription {
  readonly droppedUnits = 0;
  readonly #events: StreamEvent[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  push(...events: readonly StreamEvent[]): void {
    for (const event of events) this.#events.push(event);
    this.#wake?.();
  }

  tracks(tracks: TrackSet, frameRate: FrameRate | undefined): void {
    this.push({ type: "tracks", tracks, restart: true, frameRate });
  }

  units(units: readonly Unit[]): void {
    this.push(...units.map((unit) => ({ type: "unit", unit }) as const));
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<StreamEvent> {
    while (!this.#closed) {
      const event = this.#events.shift();
      if (event === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      yield event;
      if (event.type === "ended") return;
    }
  }
}

export interface CollectedRun extends Run {
  readonly units: Map<string, RenditionUnit[]>;
  readonly configs: Map<string, Uint8Array>;
  /** What was said of rungs on demand: `+480p` woken, `-480p` put to sleep, `x480p` given up; and from when on. */
  readonly said: { what: string; from90k: number }[];
  over: boolean;
}

/** Keeps everything, and insists on the sink's contract. */
export class CollectingSink implements MediaSink {
  readonly runs: CollectedRun[] = [];
  readonly #waiters = new Set<{ test: () => boolean; resolve: () => void }>();

  startRun(next: Run): void {
    if (this.runs.at(-1)?.over === false) throw new Error("a run starts before the last one is over");
    const units = new Map(next.renditions.map(({ name }) => [name, [] as RenditionUnit[]]));
    this.runs.push({ ...next, units, configs: new Map(), said: [], over: false });
    this.#check();
  }

  configure(rendition: string, config: Uint8Array): void {
    this.#open().configs.set(rendition, config);
  }

  push(rendition: string, unit: RenditionUnit): void {
    const current = this.#open();
    if (!current.configs.has(rendition)) throw new Error(`${rendition}: a unit before its configuration`);
    current.units.get(rendition)?.push(unit);
    this.#check();
  }

  wake(rendition: string, from90k: number): void {
    this.#open().said.push({ what: `+${rendition}`, from90k });
    this.#check();
  }

  sleep(rendition: string, from90k: number): void {
    this.#open().said.push({ what: `-${rendition}`, from90k });
    this.#check();
  }

  endRendition(rendition: string): void {
    this.#open().said.push({ what: `x${rendition}`, from90k: Number.NaN });
    this.#check();
  }

  endRun(): void {
    this.#open().over = true;
    this.#check();
  }

  /** Resolves when it holds; the test's own timeout is the bound. */
  until(test: () => boolean): Promise<void> {
    if (test()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.add({ test, resolve });
    });
  }

  #open(): CollectedRun {
    const current = this.runs.at(-1);
    if (current === undefined || current.over) throw new Error("media outside of a run");
    return current;
  }

  #check(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.test()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }
}

export function start(
  settings: Partial<TranscodeSettings> & { latencyMode?: LatencyMode } = {},
  deps: Partial<TranscoderDeps> = {},
): { subscription: FakeSubscription; sink: CollectingSink; transcoder: Transcoder } {
  const subscription = new FakeSubscription();
  const sink = new CollectingSink();
  const transcoder = new Transcoder({
    subscribe: () => subscription,
    sink,
    settings: {
      ffmpegPath: process.env["TEST_FFMPEG"] ?? BUNDLED_FFMPEG,
      encoder: "x264",
      ladder: DEFAULT_LADDER.filter(({ height }) => height <= 480),
      gopS: 2,
      latencyMode: "low",
      ...settings,
    },
    clock: systemClock,
    logger: createLogger({ level: process.env["TEST_LOG"] ?? "silent", pretty: false }),
    random: () => 0,
    ...deps,
  });
  return { subscription, sink, transcoder };
}

/** The whole material through a transcoder at full speed, to its end. */
export async function transcode(
  { tracks, units }: Material,
  frameRate: FrameRate | undefined,
  settings: Parameters<typeof start>[0] = {},
): Promise<{ runs: readonly CollectedRun[]; transcoder: Transcoder }> {
  const { subscription, sink, transcoder } = start(settings);
  subscription.tracks(tracks, frameRate);
  subscription.units(units);
  subscription.push({ type: "ended" });
  await transcoder.done;
  return { runs: sink.runs, transcoder };
}
