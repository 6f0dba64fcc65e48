import type { FromEncoder, RtmpTarget, ToEncoder } from "../contract/encoder-control.ts";
import type { FromEngine, ToEngine } from "../contract/media-port.ts";
import { Programme } from "./encode/programme.ts";
import type { FfmpegChoice } from "./ffmpeg/ffmpeg-choice.ts";
import { RecordDesk } from "./record/record-desk.ts";
import { Recovery } from "./spool/recovery.ts";
import { Target } from "./target.ts";

const FIGURES_MS = 1_000;

/** All that the encoder's process does, apart from how it is spoken to: main orders, the engine feeds. */
export class StudioEncoder {
  readonly #emit: (event: FromEncoder) => void;
  readonly #ffmpegs: FfmpegChoice;
  readonly #programme: Programme;
  readonly #desk: RecordDesk;
  readonly #targets = new Map<string, Target>();
  readonly #settling = new Set<Target>();
  readonly #recovery: Recovery;
  readonly #figures: NodeJS.Timeout;

  constructor(of: { readonly emit: (event: FromEncoder) => void; readonly ffmpegs: FfmpegChoice }) {
    this.#emit = of.emit;
    this.#ffmpegs = of.ffmpegs;
    this.#programme = new Programme({
      ffmpegFor: (encoder) => of.ffmpegs.pathFor(encoder),
      onFault: (area, cause) => this.#emit({ kind: "fault", area, cause }),
      onSound: (works) => this.#emit({ kind: "sound", works }),
    });
    this.#desk = new RecordDesk({
      emit: of.emit,
      programme: this.#programme,
      ffmpegPath: of.ffmpegs.pathFor("aac"),
    });
    this.#recovery = new Recovery({
      emit: of.emit,
      mayUpload: () => [...this.#targets.values()].every((target) => target.isAtEase),
    });
    this.#figures = setInterval(() => this.#tellFigures(), FIGURES_MS);
  }

  attachEngine(post: (message: ToEngine) => void): void {
    this.#programme.attach(post);
  }

  onEngine(message: FromEngine): void {
    this.#programme.onMessage(message);
  }

  onOrder(order: ToEncoder): void {
    switch (order.kind) {
      case "start-target":
        this.#startTarget(order.target);
        return;
      case "stop-target":
        void this.#stopTarget(order.id);
        return;
      case "start-recording":
      case "pause-recording":
      case "split-recording":
      case "stop-recording":
      case "mark-recording":
      case "replay-buffer":
      case "save-replay":
      case "remux":
        this.#desk.onOrder(order);
        return;
      case "probe":
        void this.#probe();
        return;
      case "recover-backfill":
        this.#recovery.recover(order);
        return;
      case "woken":
        for (const target of this.#targets.values()) target.woken();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#figures);
    await Promise.all([this.#desk.close(), ...[...this.#targets.keys()].map((id) => this.#stopTarget(id))]);
    await Promise.all([this.#recovery.close(), ...[...this.#settling].map((target) => target.abandon())]);
    await this.#programme.close();
  }

  #startTarget(target: RtmpTarget): void {
    // Started again: what main says last counts.
    void this.#stopTarget(target.id);
    for (const settling of this.#settling) settling.cedeKey(target);
    this.#targets.set(
      target.id,
      new Target({ target, programme: this.#programme, emit: (event) => this.#emit(event) }),
    );
  }

  /** What its server lacks follows behind it. */
  async #stopTarget(id: string): Promise<void> {
    const target = this.#targets.get(id);
    if (target === undefined) return;
    this.#targets.delete(id);
    this.#settling.add(target);
    await target.stop();
    void target.settled().finally(() => this.#settling.delete(target));
  }

  async #probe(): Promise<void> {
    this.#emit({ kind: "encoders", encoders: await this.#ffmpegs.probe() });
  }

  #tellFigures(): void {
    const { recording, runs } = this.#desk;
    if (this.#targets.size === 0 && !runs) return;
    for (const target of this.#targets.values()) target.tellKept();
    const targets = [...this.#targets.values()].map((target) => target.figures);
    this.#emit({ kind: "figures", targets, encodes: this.#programme.readFigures(), recording });
  }
}
