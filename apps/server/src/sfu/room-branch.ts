import type { Producer, Router, RtpCodecCapability } from "mediasoup/types";
import type { MediaWorker } from "./media-worker.ts";
import { Pipe } from "./pipe.ts";
import { whenAborted } from "./when-aborted.ts";

/**
 * A router of a room beside its home: on another worker, or with other payload types, fed through a pipe.
 */
export class RoomBranch {
  #forget: (() => void) | undefined;

  static async create(
    worker: MediaWorker,
    codecs: readonly RtpCodecCapability[],
    source: { readonly router: Router; readonly producers: readonly Producer[] },
  ): Promise<RoomBranch> {
    const router = await worker.process.createRouter({ mediaCodecs: [...codecs] });
    let pipe: Pipe | undefined;
    try {
      pipe = await Pipe.create(source.router, router);
      const producers: Producer[] = [];
      for (const producer of source.producers) {
        // A viewer who takes only sound has a router without a codec for pictures.
        if (codecs.some(({ kind }) => kind === producer.kind)) producers.push(await pipe.carry(producer));
      }
      return new RoomBranch(worker, router, producers, pipe);
    } catch (error) {
      pipe?.close();
      router.close();
      throw error;
    }
  }

  private constructor(
    readonly worker: MediaWorker,
    readonly router: Router,
    readonly producers: readonly Producer[],
    private readonly pipe: Pipe,
  ) {
    router.on("workerclose", () => pipe.close());
  }

  /** Not when it has been closed before. */
  onWorkerGone(listener: () => void): void {
    this.#forget = whenAborted(this.worker.gone, listener);
  }

  /** Somebody is there. Who only asked gets no media in here, for what is carried costs as much as a viewer. */
  open(): void {
    this.pipe.open();
  }

  close(): void {
    this.#forget?.();
    this.pipe.close();
    this.router.close();
  }
}
