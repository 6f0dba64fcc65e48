import { availableParallelism, loadavg } from "node:os";
import type { FromEncoder, RtmpTarget, TargetState } from "../contract/encoder-control.ts";
import { PictureFeed } from "./encode/picture-feed.ts";
import type { Lease, Programme } from "./encode/programme.ts";
import { ServerClock } from "./server-clock.ts";
import { Backfiller } from "./spool/backfiller.ts";
import { Spool } from "./spool/spool.ts";
import type { Unit } from "./units.ts";
import type { Goodbye } from "./uplink/goodbye.ts";
import { Uplink, type UplinkFigures } from "./uplink/uplink.ts";

/** A grace of 90 s at 8 Mbit/s, twice. */
const SPOOL_BYTES = 192 * 1024 * 1024;
/** Of all cores, over the last minute. */
const BUSY = 0.8;
/** The line counts as mended after so long without a loss. */
const MENDED_MS = 4_000;

/** One target: what it wants encoded, its uplink, and what the uplink could not bring across. */
export class Target {
  readonly #target: RtmpTarget;
  readonly #emit: (event: FromEncoder) => void;
  readonly #uplink: Uplink;
  readonly #pictures: PictureFeed;
  readonly #endSound: Lease;
  readonly #spool: Spool | undefined;
  readonly #backfiller: Backfiller | undefined;
  readonly #clock: ServerClock | undefined;
  #wasLive = false;
  /** After the end. */
  #goodbye: Goodbye | "ceded" | undefined;
  #mending: NodeJS.Timeout | undefined;

  constructor(of: {
    readonly target: RtmpTarget;
    readonly programme: Programme;
    readonly emit: (event: FromEncoder) => void;
  }) {
    const { target, programme } = of;
    this.#target = target;
    this.#emit = of.emit;
    if (target.backfill !== undefined) {
      this.#clock = new ServerClock(new URL("/time", target.backfill.url), (offsetMs) =>
        programme.setClockOffset(offsetMs),
      );
      const { url, folder } = target.backfill;
      this.#spool = new Spool({
        ...{ folder, head: { target: target.id, url }, maxBytes: SPOOL_BYTES },
        onFault: (cause) => of.emit({ kind: "fault", area: "spool", cause }),
      });
      this.#backfiller = new Backfiller({
        ...target.backfill,
        spool: this.#spool,
        timestampOf: (us) => this.#uplink.timestampOf(us),
        // While there is trouble nobody can say what is on its way.
        mayUpload: () => this.isAtEase,
        onEvent: (event) => of.emit({ kind: "backfill", id: target.id, ...event }),
      });
    }
    this.#uplink = new Uplink({
      target,
      onState: (state) => this.#onState(state),
      onBitrate: (bitrateBps) => this.#pictures.setBitrate(bitrateBps),
      onDropped: () => this.#trouble(),
    });
    const sink = {
      push: (unit: Unit) => {
        this.#spool?.push(unit);
        this.#uplink.push(unit);
      },
    };
    this.#pictures = new PictureFeed({
      source: programme,
      settings: target.encode,
      targetId: target.id,
      sink,
      mayEncodeMore: hasRoom,
    });
    this.#endSound = programme.openSound(1, target.audioBitrateBps, sink);
  }

  get figures(): UplinkFigures {
    return this.#uplink.figures;
  }

  get isAtEase(): boolean {
    return this.#uplink.isAtEase && this.#spool?.isKeeping !== true;
  }

  /** Once a second: how much is kept by now. */
  tellKept(): void {
    const { pictures: frames, bytes: bytesLeft, isKeeping } = this.#spool ?? {};
    if (isKeeping !== true || frames === undefined || bytesLeft === undefined) return;
    this.#emit({ kind: "backfill", id: this.#target.id, state: "keeping", frames, sent: 0, bytesLeft });
  }

  /** The machine has slept: the connection is dead, however it looks, and the clocks may have been set. */
  woken(): void {
    this.#uplink.reconnect();
    this.#clock?.ask();
  }

  /** No more is sent; what the server lacks still follows (`settled`). */
  async stop(): Promise<void> {
    this.#release();
    await this.#uplink.close();
    this.#goodbye ??= this.#uplink.goodbye();
  }

  /** The key begins another broadcast, to which a late goodbye would put an end. */
  cedeKey({ url, key }: RtmpTarget): void {
    if (url !== this.#target.url || key !== this.#target.key) return;
    this.#cancelGoodbye();
    this.#goodbye = "ceded";
  }

  /** Resolves when what was kept is with the server, or given up, and its end is said. */
  async settled(): Promise<void> {
    clearTimeout(this.#mending);
    if (this.#spool !== undefined && this.#spool.pictures > 0) {
      this.#spool.end();
      this.#backfiller?.settle();
    }
    await this.#backfiller?.idle();
    await this.#spool?.close();
    if (this.#goodbye !== "ceded") await this.#goodbye?.done;
  }

  /** What has not followed yet stays on the disk. */
  async abandon(): Promise<void> {
    clearTimeout(this.#mending);
    this.#cancelGoodbye();
    await this.#backfiller?.close();
    await this.#spool?.close();
  }

  #cancelGoodbye(): void {
    if (this.#goodbye !== "ceded") this.#goodbye?.cancel();
  }

  #onState(state: TargetState): void {
    this.#emit({ kind: "target", id: this.#target.id, state });
    switch (state.state) {
      case "live":
        this.#wasLive = true;
        this.#mend();
        return;
      case "reconnecting":
        if (this.#wasLive) this.#trouble();
        return;
      case "refused":
      case "failed":
        // Nothing is sent any more: nothing need be encoded for it.
        this.#release();
        return;
      case "connecting":
      case "stopped":
        return;
    }
  }

  #trouble(): void {
    if (this.#spool === undefined) return;
    if (!this.#spool.isKeeping) {
      this.#spool.begin(this.#uplink.baseUs);
      this.tellKept();
    }
    this.#mend();
  }

  #mend(): void {
    clearTimeout(this.#mending);
    if (this.#spool?.isKeeping !== true) return;
    this.#mending = setTimeout(() => {
      if (!this.#uplink.isLive) return;
      this.#spool?.end();
      this.#backfiller?.settle();
    }, MENDED_MS);
  }

  #release(): void {
    this.#clock?.close();
    this.#pictures.close();
    this.#endSound();
  }
}

/** Whether another encode would not take anything from what runs; always where the system does not say. */
const hasRoom = (): boolean => (loadavg()[0] ?? 0) < availableParallelism() * BUSY;
