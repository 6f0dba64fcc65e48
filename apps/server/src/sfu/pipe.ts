import type { Consumer, PipeTransport, Producer, Router } from "mediasoup/types";

const LOOPBACK = { protocol: "udp", ip: "127.0.0.1" } as const;

/** A pair of transports between two routers, which may be of one worker or of two. */
export class Pipe {
  readonly #carried: Consumer[] = [];

  /** Made by hand: `pipeToRouter` keeps a producer's id, which one worker cannot have twice (3.15.8). */
  static async create(from: Router, to: Router): Promise<Pipe> {
    // With RTX, for that is what keeps NACK: a burst may overrun a socket's buffer even here.
    const options = { listenInfo: LOOPBACK, enableRtx: true, enableSctp: false };
    const near = await from.createPipeTransport(options);
    try {
      const far = await to.createPipeTransport(options);
      await near.connect({ ip: far.tuple.localAddress, port: far.tuple.localPort });
      await far.connect({ ip: near.tuple.localAddress, port: near.tuple.localPort });
      return new Pipe(near, far);
    } catch (error) {
      // The far one goes with its router, which was made for this pipe.
      near.close();
      throw error;
    }
  }

  private constructor(
    private readonly near: PipeTransport,
    private readonly far: PipeTransport,
  ) {}

  /** The far router's copy of a producer of the near one, silent until the pipe is opened. */
  async carry(producer: Producer): Promise<Producer> {
    const consumer = await this.near.consume({ producerId: producer.id });
    await consumer.pause();
    this.#carried.push(consumer);
    const { kind, rtpParameters } = consumer;
    return this.far.produce({ kind, rtpParameters, paused: consumer.producerPaused });
  }

  open(): void {
    // It fails where the worker died meanwhile.
    for (const consumer of this.#carried.splice(0)) consumer.resume().catch(() => {});
  }

  close(): void {
    this.near.close();
    this.far.close();
  }
}
