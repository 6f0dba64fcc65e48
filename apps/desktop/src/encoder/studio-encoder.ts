import type { FromEncoder, RtmpTarget, TargetState, ToEncoder } from "../contract/encoder-control.ts";
import type { FromEngine, ToEngine } from "../contract/media-port.ts";
import { type Lease, Programme } from "./encode/programme.ts";
import type { FfmpegChoice } from "./ffmpeg/ffmpeg-choice.ts";
import { RecordDesk } from "./record/record-desk.ts";
import { Uplink } from "./uplink/uplink.ts";

const FIGURES_MS = 1_000;

interface Sending {
  readonly uplink: Uplink;
  readonly leases: readonly Lease[];
}

/** All that the encoder's process does, apart from how it is spoken to: main orders, the engine feeds. */
export class StudioEncoder {
  readonly #emit: (event: FromEncoder) => void;
  readonly #ffmpegs: FfmpegChoice;
  readonly #programme: Programme;
  readonly #desk: RecordDesk;
  readonly #sendings = new Map<string, Sending>();
  readonly #figures: NodeJS.Timeout;

  constructor(of: { readonly emit: (event: FromEncoder) => void; readonly ffmpegs: FfmpegChoice }) {
    this.#emit = of.emit;
    this.#ffmpegs = of.ffmpegs;
    this.#programme = new Programme({
      ffmpegFor: (encoder) => of.ffmpegs.pathFor(encoder),
      onFault: (area, cause) => this.#emit({ kind: "fault", area, cause }),
    });
    this.#desk = new RecordDesk({
      emit: of.emit,
      programme: this.#programme,
      ffmpegPath: of.ffmpegs.pathFor("aac"),
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
      case "replay-buffer":
      case "save-replay":
      case "remux":
        this.#desk.onOrder(order);
        return;
      case "probe":
        void this.#probe();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#figures);
    await Promise.all([this.#desk.close(), ...[...this.#sendings.keys()].map((id) => this.#stopTarget(id))]);
    await this.#programme.close();
  }

  #startTarget(target: RtmpTarget): void {
    const { id } = target;
    // Started again: what main says last counts.
    void this.#stopTarget(id);
    const uplink = new Uplink({
      target,
      onState: (state) => this.#onTargetState(id, state),
      onBitrate: (bitrateBps) => {
        if (this.#programme.users(target.encode.id) === 1) {
          this.#programme.setBitrate(target.encode.id, bitrateBps);
        }
      },
    });
    const leases = [
      this.#programme.openPictures(target.encode, uplink),
      this.#programme.openSound(1, target.audioBitrateBps, uplink),
    ];
    this.#sendings.set(id, { uplink, leases });
  }

  #onTargetState(id: string, state: TargetState): void {
    this.#emit({ kind: "target", id, state });
    // Nothing is sent any more: nothing need be encoded for it.
    if (state.state === "refused" || state.state === "failed") this.#release(id);
  }

  async #stopTarget(id: string): Promise<void> {
    const sending = this.#release(id);
    await sending?.uplink.close();
  }

  #release(id: string): Sending | undefined {
    const sending = this.#sendings.get(id);
    this.#sendings.delete(id);
    for (const end of sending?.leases ?? []) end();
    return sending;
  }

  async #probe(): Promise<void> {
    this.#emit({ kind: "encoders", encoders: await this.#ffmpegs.probe() });
  }

  #tellFigures(): void {
    const { recording, runs } = this.#desk;
    if (this.#sendings.size === 0 && !runs) return;
    const targets = [...this.#sendings.values()].map(({ uplink }) => uplink.figures);
    this.#emit({ kind: "figures", targets, encodes: this.#programme.readFigures(), recording });
  }
}
