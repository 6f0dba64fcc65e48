import Hls, { type ErrorData, ErrorDetails, ErrorTypes, Events, type Level } from "hls.js";
import type {
  Engine,
  EngineEvent,
  EngineFailure,
  EngineFigures,
  EngineHints,
  EngineWindow,
} from "./engine.ts";
import { HlsAbr } from "./hlsjs-abr.ts";
import { hlsConfig } from "./hlsjs-config.ts";
import { levelName } from "./level-name.ts";
import { LivePilot } from "./live-pilot.ts";
import { qualityOf, type RungFacts } from "./quality.ts";
import { dateAt, placeAt } from "./stream-dates.ts";

/** hls.js counts such a failure as its own to retry; after so many media recoveries it is ours. */
const MEDIA_RECOVERIES = 2;

const factsOf = (level: Level): RungFacts => ({
  name: levelName(level),
  width: level.width,
  height: level.height,
  fps: level.frameRate,
  bitrateBps: level.averageBitrate || level.bitrate,
});

/** HLS through Media Source Extensions. Loaded only with the watch page: hls.js is most of its weight. */
export class HlsJsEngine implements Engine {
  readonly name = "hls.js";
  private readonly hls: Hls;
  private readonly abr: HlsAbr;
  private readonly pilot: LivePilot;
  private ids: string[] = [];
  private wanted = "auto";
  private clock: EngineFigures["clock"] = "arrival";
  private recoveries = 0;
  private closed = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly emit: (event: EngineEvent) => void,
    hints: EngineHints,
  ) {
    this.abr = new HlsAbr(hints, this.emit);
    this.hls = new Hls({ ...hlsConfig(), ...this.abr.config() });
    this.pilot = new LivePilot(this.hls, video, this.abr, () => this.emit({ type: "ready" }));
    this.hls.on(Events.LEVELS_UPDATED, (_event, { levels }) => this.tellQualities(levels));
    this.hls.on(Events.MANIFEST_LOADED, (_event, { sessionData }) => {
      this.clock = sessionData?.["tv.footlight.clock"]?.["VALUE"] === "capture" ? "capture" : "arrival";
      this.tellQualities(this.hls.levels);
    });
    this.hls.on(Events.LEVEL_SWITCHED, (_event, { level }) => {
      const id = this.ids[level];
      if (id !== undefined) this.emit({ type: "quality", id });
    });
    this.hls.on(Events.MEDIA_ENDED, () => this.emit({ type: "ended" }));
    this.hls.on(Events.ERROR, (_event, data) => this.onError(data));
    this.hls.attachMedia(video);
  }

  load(url: string): void {
    this.hls.loadSource(url);
  }

  select(quality: string): void {
    this.wanted = quality;
    // The next segment comes in the new quality: what is buffered plays on, so nothing stalls.
    this.abr.pin(this.ids.indexOf(quality));
  }

  toLive(): void {
    this.pilot.toLive();
  }

  seek(dateMs: number): void {
    const place = placeAt(this.fragments, dateMs);
    if (place === null) return;
    const live = this.pilot.livePlaceS();
    if (live !== null && place >= live) {
      this.pilot.toLive();
      return;
    }
    this.pilot.letGo();
    this.video.currentTime = place;
  }

  hold(): void {
    this.pilot.letGo();
  }

  window(): EngineWindow | null {
    const { fragments, video } = this;
    const first = fragments[0];
    const livePlace = this.pilot.livePlaceS();
    const startMs = first ? dateAt(fragments, first.start) : null;
    const positionMs = dateAt(fragments, video.currentTime);
    const liveMs = livePlace === null ? null : dateAt(fragments, livePlace);
    if (startMs === null || liveMs === null || positionMs === null) return null;
    const bufferedMs = Array.from({ length: video.buffered.length }, (_, i) => {
      const from = dateAt(fragments, video.buffered.start(i)) ?? startMs;
      return [from, dateAt(fragments, video.buffered.end(i)) ?? from] as const;
    });
    return { startMs, liveMs, positionMs, bufferedMs, live: this.pilot.live };
  }

  private get fragments() {
    return this.hls.latestLevelDetails?.fragments ?? [];
  }

  noteStall(): void {
    this.pilot.noteStall();
  }

  fade(): void {
    this.pilot.letGo();
    this.hls.stopLoad();
  }

  figures(): EngineFigures {
    const level = this.hls.levels[this.hls.currentLevel];
    return {
      latencyS: this.pilot.latencyS(),
      targetS: this.pilot.targetS(),
      bitrateBps: level ? level.averageBitrate || level.bitrate : null,
      throughputBps: this.abr.throughputBps,
      clock: this.clock,
    };
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.pilot.close();
    this.hls.destroy();
    this.video.playbackRate = 1;
  }

  private tellQualities(levels: Level[]): void {
    if (levels.length === 0) return;
    const facts = levels.map(factsOf);
    this.ids = facts.map((rung) => rung.name);
    this.emit({ type: "qualities", qualities: facts.map(qualityOf) });
    if (this.wanted !== "auto" && !this.ids.includes(this.wanted)) this.select("auto");
  }

  private onError(data: ErrorData): void {
    if (this.closed || !data.fatal) return;
    if (data.type === ErrorTypes.MEDIA_ERROR && this.recoveries < MEDIA_RECOVERIES) {
      this.recoveries += 1;
      this.hls.recoverMediaError();
      return;
    }
    this.emit({ type: "failed", failure: failureOf(data) });
  }
}

const failureOf = (data: ErrorData): EngineFailure => {
  if (data.details === ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR) return "unsupported";
  if (data.type === ErrorTypes.NETWORK_ERROR) return data.response?.code === 404 ? "missing" : "network";
  return "media";
};
