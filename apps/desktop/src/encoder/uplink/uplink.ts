import type { ConnectionOptions } from "node:tls";
import { buildAudioSpecificConfig } from "@footlight/protocols/aac/audio-config.ts";
import { aacConfigTag, aacFrameTag, avcConfigTag, avcFrameTag } from "@footlight/protocols/flv/write-tags.ts";
import type { RtmpTarget, TargetState } from "../../contract/encoder-control.ts";
import { pause } from "../pause.ts";
import type { PictureUnit, SoundUnit, Unit, UnitSink } from "../units.ts";
import { BitratePilot } from "./bitrate-pilot.ts";
import { Goodbye } from "./goodbye.ts";
import { LineMeter } from "./line-meter.ts";
import { RtmpConnection } from "./rtmp-connection.ts";
import { RtmpFault } from "./rtmp-fault.ts";
import { SendQueue } from "./send-queue.ts";
import { backOffMs, judge } from "./verdict.ts";

const TICK_MS = 250;
/** Something waits and the server has taken nothing for so long: the line is dead, whatever TCP hopes for. */
const STALLED_MS = 4_000;
/** What was left out so lately still shows. */
const DEGRADED_MS = 10_000;
/** What waits for longer shows that the line has nothing left. */
const EASE_MS = 200;
/** For the end of the broadcast on a slow line. */
const DRAIN_MS = 1_000;
const SOUND_CONFIG = buildAudioSpecificConfig({ sampleRate: 48_000, channels: 2 });

export interface UplinkOptions {
  readonly target: RtmpTarget;
  readonly onState: (state: TargetState) => void;
  /** The picture's bitrate that the line carries; nothing is said while it is as ordered. */
  readonly onBitrate: (bitrateBps: number) => void;
  readonly onDropped?: (unit: PictureUnit) => void;
  readonly random?: () => number;
  /** For tests' own certificates. */
  readonly tls?: ConnectionOptions;
}

export interface UplinkFigures {
  readonly id: string;
  readonly bitrateBps: number;
  readonly sentBytes: number;
  readonly frames: number;
  readonly droppedNetwork: number;
  readonly queuedMs: number;
}

/**
 * One target: keeps an RTMP publication alive (`RtmpConnection` is one try), sends what it is given in time, and says
 * what the line carries. After a break it goes on with the newest GOP, and with its timestamps.
 */
export class Uplink implements UnitSink {
  readonly #options: UplinkOptions;
  readonly #queue: SendQueue;
  readonly #pilot: BitratePilot;
  readonly #meter = new LineMeter();
  readonly #stop = new AbortController();
  /** Ends the wait for the next try. */
  #retry = new AbortController();
  readonly #over: Promise<void>;
  #connection: RtmpConnection | undefined;
  #state: TargetState = { state: "connecting", attempt: 1 };
  /** Media time of the first unit sent: timestamp 0. */
  #baseUs: number | undefined;
  /** As the connection knows it. */
  #config: Buffer | undefined;
  #frames = 0;
  #dropped = 0;
  #droppedAtMs = Number.NEGATIVE_INFINITY;
  #sentBefore = 0;
  #onEmpty: () => void = () => {};
  /** When the connection was lost to a server that waits for the next one. */
  #lostMs: number | undefined;

  constructor(options: UplinkOptions) {
    this.#options = options;
    const { encode, audioBitrateBps } = options.target;
    this.#pilot = new BitratePilot({ nominalBps: encode.bitrateBps, soundBps: audioBitrateBps });
    const fourSeconds = (encode.bitrateBps + audioBitrateBps) / 2;
    this.#queue = new SendQueue(Math.max(fourSeconds, 1024 * 1024), (unit) => this.#onDropped(unit));
    this.#over = this.#run();
  }

  get figures(): UplinkFigures {
    return {
      id: this.#options.target.id,
      bitrateBps: this.#connection === undefined ? 0 : this.#meter.sentBps,
      sentBytes: this.#sentBytes,
      frames: this.#frames,
      droppedNetwork: this.#dropped,
      queuedMs: this.#queue.queuedMs,
    };
  }

  get isLive(): boolean {
    return this.#state.state === "live";
  }

  /** Something else may use the line, too: all goes out in time, or nothing any more. */
  get isAtEase(): boolean {
    const { state } = this.#state;
    if (state === "live") return this.#queue.queuedMs < EASE_MS;
    return state === "stopped" || state === "failed" || state === "refused";
  }

  /** Media time that is sent as timestamp 0. */
  get baseUs(): number {
    return this.#baseUs ?? 0;
  }

  /** A connection that is dead although it does not look so is left, and a wait for the next try is over. */
  reconnect(): void {
    this.#retry.abort();
    this.#connection?.destroy(new RtmpFault("connection_lost"));
  }

  push(unit: Unit): void {
    this.#queue.push(unit);
    this.#pump();
  }

  /** What waits still goes out, then goodbye to the server; both bounded in time. */
  async close(): Promise<void> {
    if (this.isLive && this.#queue.length > 0) {
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#onEmpty = resolve;
        }),
        pause(DRAIN_MS, this.#stop.signal),
        this.#over,
      ]);
    }
    // Aborted first: what ends now ends because it was asked to.
    const connection = this.#connection;
    this.#stop.abort();
    await connection?.unpublish();
    await this.#over;
  }

  /** After `close()`: what still has to be said to a server that could not be reached. */
  goodbye(): Goodbye | undefined {
    if (this.#lostMs === undefined) return undefined;
    const { graceMs } = this.#options.target;
    return new Goodbye({ ...this.#address, lostMs: this.#lostMs, graceMs });
  }

  get #sentBytes(): number {
    return this.#sentBefore + (this.#connection?.sentBytes ?? 0);
  }

  async #run(): Promise<void> {
    let since = performance.now();
    let tries = 0;
    let unsaid = 0;
    let wasLive = false;
    while (!this.#stop.signal.aborted) {
      tries += 1;
      if (!wasLive) this.#enter({ state: "connecting", attempt: tries });
      let fault: RtmpFault;
      try {
        const connection = await this.#connect();
        if (this.#stop.signal.aborted) {
          await connection.unpublish();
          break;
        }
        wasLive = true;
        fault = await this.#serve(connection);
        if (!this.#stop.signal.aborted && connection.keepsStream) this.#lostMs = performance.now();
        [since, tries, unsaid] = [performance.now(), 1, 0];
      } catch (error) {
        fault = error instanceof RtmpFault ? error : new RtmpFault("protocol", { cause: error });
        unsaid = fault.code === "closed_unsaid" ? unsaid + 1 : 0;
      }
      if (this.#stop.signal.aborted) break;
      const { graceMs } = this.#options.target;
      const verdict = judge(fault, { tries, unsaid, graceMs, sinceMs: performance.now() - since });
      if (verdict.kind === "over") {
        this.#lostMs = undefined;
        this.#enter(verdict.state);
        this.#queue.clear();
        return;
      }
      const waitMs = backOffMs(tries, (this.#options.random ?? Math.random)());
      const attempt = tries + (wasLive ? 0 : 1);
      this.#enter({
        state: "reconnecting",
        attempt,
        retryAtMs: Date.now() + waitMs,
        cause: describe(fault, verdict.cause),
      });
      this.#retry = new AbortController();
      await pause(waitMs, AbortSignal.any([this.#stop.signal, this.#retry.signal]));
    }
    this.#enter({ state: "stopped" });
  }

  #connect(): Promise<RtmpConnection> {
    return RtmpConnection.publish({ ...this.#address, signal: this.#stop.signal });
  }

  get #address() {
    const { target, tls } = this.#options;
    const bitrateBps = target.encode.bitrateBps + target.audioBitrateBps;
    return { url: target.url, key: target.key, bitrateBps, ...(tls === undefined ? {} : { tls }) };
  }

  /** Until the connection is gone; why it went. */
  async #serve(connection: RtmpConnection): Promise<RtmpFault> {
    this.#connection = connection;
    this.#lostMs = undefined;
    this.#config = undefined;
    connection.onRoom = () => this.#pump();
    connection.metadata(metadataOf(this.#options.target));
    this.#queue.goOnline();
    this.#enter({ state: "live", sinceMs: Date.now(), degraded: this.#pilot.isLowered });
    this.#meter.restart(performance.now(), connection);
    const ticks = setInterval(() => this.#tick(connection), TICK_MS);
    this.#pump();
    try {
      return await connection.closed;
    } finally {
      clearInterval(ticks);
      this.#sentBefore += connection.sentBytes;
      this.#connection = undefined;
      this.#queue.goOffline();
    }
  }

  #tick(connection: RtmpConnection): void {
    const nowMs = performance.now();
    this.#meter.read(nowMs, connection, this.#queue.length > 0);
    if (this.#meter.stalledMs > STALLED_MS) {
      connection.destroy(new RtmpFault("connection_lost"));
      return;
    }
    const wish = this.#pilot.read({
      nowMs,
      lagMs: this.#queue.queuedMs + connection.standingMs,
      backlogBytes: this.#queue.bytes + Math.max(0, connection.sentBytes - connection.deliveredBytes),
      deliveredBps: this.#meter.deliveredBps,
    });
    if (wish !== undefined) this.#options.onBitrate(wish);
    const degraded = this.#pilot.isLowered || nowMs - this.#droppedAtMs < DEGRADED_MS;
    if (this.#state.state === "live" && this.#state.degraded !== degraded) {
      this.#enter({ ...this.#state, degraded });
    }
  }

  #pump(): void {
    const connection = this.#connection;
    while (connection?.hasRoom === true) {
      const unit = this.#queue.shift();
      if (unit === undefined) break;
      if (unit.kind === "picture") this.#sendPicture(connection, unit);
      else this.#sendSound(connection, unit);
    }
    if (this.#queue.length === 0) this.#onEmpty();
  }

  #sendPicture(connection: RtmpConnection, unit: PictureUnit): void {
    this.#baseUs ??= unit.dtsUs;
    const dtsMs = this.timestampOf(unit.dtsUs);
    if (this.#config === undefined || !this.#config.equals(unit.config)) {
      if (this.#config === undefined) connection.send("audio", dtsMs, aacConfigTag(SOUND_CONFIG));
      this.#config = unit.config;
      connection.send("video", dtsMs, avcConfigTag(unit.config));
    }
    const compositionMs = this.timestampOf(unit.ptsUs) - dtsMs;
    connection.send("video", dtsMs, avcFrameTag(unit.data, unit.key, compositionMs));
    this.#frames += 1;
  }

  /** Sound from before the first picture stays away: players begin with a picture. */
  #sendSound(connection: RtmpConnection, unit: SoundUnit): void {
    if (this.#config === undefined || unit.ptsUs < (this.#baseUs ?? 0)) return;
    connection.send("audio", this.timestampOf(unit.ptsUs), aacFrameTag(unit.data));
  }

  /** Milliseconds under which a media time is sent, also before they are taken modulo 2^32. */
  timestampOf(us: number): number {
    return Math.round((us - this.baseUs) / 1000);
  }

  #onDropped(unit: PictureUnit): void {
    // Before the first picture nothing is missing.
    if (this.#baseUs === undefined) return;
    this.#dropped += 1;
    this.#droppedAtMs = performance.now();
    this.#options.onDropped?.(unit);
  }

  #enter(state: TargetState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

/** The server's words where it had some. */
const describe = (fault: RtmpFault, cause: string): string => fault.refusal?.description || cause;

function metadataOf({ encode, audioBitrateBps }: RtmpTarget): Record<string, number | string | boolean> {
  return {
    width: encode.width,
    height: encode.height,
    framerate: encode.fps,
    videocodecid: 7,
    videodatarate: encode.bitrateBps / 1000,
    audiocodecid: 10,
    audiodatarate: audioBitrateBps / 1000,
    audiosamplerate: 48_000,
    audiosamplesize: 16,
    stereo: true,
    encoder: "Footlight",
  };
}
