import { parseAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import { NalType, nalTypeOf } from "@footlight/protocols/h264/nal.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { GopCache } from "../stream/gop-cache.ts";
import type { FrameRate, Unit, VideoTrack } from "../stream/unit.ts";
import { isIdr, nalsOf, PassWatch, trackUnpassable, type Unpassable } from "./passable.ts";
import { PictureEncoder } from "./picture-encoder.ts";
import { Restarts } from "./restarts.ts";

export interface PictureLineOptions {
  readonly ffmpegPath: string;
  readonly track: VideoTrack;
  readonly frameRate: FrameRate | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** One access unit, parameter sets before each keyframe. */
  readonly onFrame: (pts90k: number, nals: readonly Uint8Array[]) => void;
}

type State =
  | { readonly kind: "passed"; readonly watch: PassWatch; begun: boolean }
  | { readonly kind: "encoded"; readonly reason: Unpassable; encoder: PictureEncoder | undefined }
  | { readonly kind: "closed" };

/**
 * One picture as browsers take it: passed on as it is, until it shows that it cannot be; from then on
 * encoded, with the very next frame. Both are the same H.264 to a viewer, who notices nothing.
 */
export class PictureLine {
  /** Since the last keyframe: what an encoder needs to begin with any frame. */
  readonly #gop = new GopCache();
  readonly #restarts = new Restarts();
  readonly #parameterSets: readonly Uint8Array[];
  #state: State;

  constructor(private readonly options: PictureLineOptions) {
    const reason = trackUnpassable(options.track);
    this.#state =
      reason === undefined
        ? { kind: "passed", watch: new PassWatch(options.track), begun: false }
        : { kind: "encoded", reason, encoder: undefined };
    const sets = reason === undefined ? parseAvcConfig(options.track.config) : undefined;
    this.#parameterSets = [...(sets?.sps ?? []), ...(sets?.pps ?? [])];
    if (reason !== undefined) this.#announce(reason);
  }

  get isEncoded(): boolean {
    return this.#state.kind === "encoded";
  }

  /** @param fresh of now; what is not is only there so that a decoder may begin */
  push(unit: Unit, fresh: boolean): void {
    this.#gop.add(unit, true);
    if (this.#state.kind === "passed") this.#pass(this.#state, unit, fresh);
    // It may have become that a moment ago.
    if (this.#state.kind !== "encoded") return;
    if (this.#state.encoder !== undefined) this.#state.encoder.push(unit);
    else if (fresh) this.#state.encoder = this.#start(unit.pts90k);
  }

  async close(): Promise<void> {
    const state = this.#state;
    this.#state = { kind: "closed" };
    if (state.kind === "encoded") await state.encoder?.stop();
  }

  #pass(state: State & { readonly kind: "passed" }, unit: Unit, fresh: boolean): void {
    const nals = nalsOf(unit).filter((nal) => !LEFT_OUT.has(nalTypeOf(nal)));
    const reason = state.watch.look(unit, nals);
    if (reason !== undefined) {
      this.#announce(reason);
      this.#state = { kind: "encoded", reason, encoder: undefined };
      return;
    }
    if (!fresh || nals.length === 0) return;
    const idr = isIdr(nals);
    // Nothing can be decoded before the first keyframe.
    state.begun ||= idr;
    if (!state.begun) return;
    const needsSets = idr && !nals.some((nal) => nalTypeOf(nal) === NalType.sps);
    this.options.onFrame(unit.pts90k, needsSets ? [...this.#parameterSets, ...nals] : nals);
  }

  #announce(reason: Unpassable): void {
    this.options.logger.info({ reason }, "the picture is encoded for WebRTC");
  }

  /** Undefined: not yet, for a back-off or because what it would have to decode first is not there. */
  #start(start90k: number): PictureEncoder | undefined {
    const { ffmpegPath, track, frameRate, clock, logger, onFrame } = this.options;
    const backlog = this.#gop.snapshot();
    if (backlog[0]?.keyframe !== true || !this.#restarts.mayStart(clock.monotonicMs())) return undefined;
    this.#restarts.started(clock.monotonicMs());
    const isOurs = (): boolean => this.#state.kind === "encoded" && this.#state.encoder === encoder;
    const encoder: PictureEncoder = new PictureEncoder({
      ffmpegPath,
      track,
      frameRate,
      start90k,
      onFrame: (pts90k, nals) => {
        if (isOurs()) onFrame(pts90k, nals);
      },
    });
    void encoder.exited.then(({ code, signal, stderr }) => {
      if (!isOurs()) return;
      this.#state = { ...(this.#state as State & { kind: "encoded" }), encoder: undefined };
      this.#restarts.died(clock.monotonicMs());
      logger.warn(
        { code, signal, stderr: stderr.slice(-500) },
        "the WebRTC picture's encoder ended and is started anew",
      );
    });
    for (const unit of backlog) encoder.push(unit);
    return encoder;
  }
}

/** Parameter sets stay: a publisher that sends its own within the stream means them. */
const LEFT_OUT = new Set<number>([NalType.aud, NalType.sei, NalType.filler]);
