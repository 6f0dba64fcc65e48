import type { FromEncoder, RtmpTarget, TargetState } from "../src/contract/encoder-control.ts";
import type { FromEngine } from "../src/contract/media-port.ts";
import { FfmpegChoice } from "../src/encoder/ffmpeg/ffmpeg-choice.ts";
import { StudioEncoder } from "../src/encoder/studio-encoder.ts";
import { FakeEngine } from "./fake-engine.ts";

/** The encoder as its process runs it, fed by a fake engine over a real port. */
export class EncoderHarness {
  readonly events: FromEncoder[] = [];
  readonly encoder: StudioEncoder;
  engine: FakeEngine;

  private constructor(ffmpegs: FfmpegChoice) {
    this.encoder = new StudioEncoder({ emit: (event) => this.events.push(event), ffmpegs });
    this.engine = this.newEngine();
  }

  static async start(): Promise<EncoderHarness> {
    return new EncoderHarness(await FfmpegChoice.find(process.env));
  }

  /** Also the one after a crash. */
  newEngine(): FakeEngine {
    const engine = new FakeEngine();
    engine.port.on("message", (message: FromEngine) => {
      if (this.engine === engine) this.encoder.onEngine(message);
    });
    this.engine = engine;
    this.encoder.attachEngine((message) => engine.port.postMessage(message));
    return engine;
  }

  statesOf(id: string): TargetState[] {
    return this.events.flatMap((event) => (event.kind === "target" && event.id === id ? [event.state] : []));
  }

  faults(): string[] {
    return this.events.flatMap((event) => (event.kind === "fault" ? [`${event.area}: ${event.cause}`] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.encoder.close();
    this.engine.close();
  }
}

export const target = (over: Partial<RtmpTarget> & Pick<RtmpTarget, "url" | "key">): RtmpTarget => ({
  id: "t1",
  name: "test",
  audioBitrateBps: 128_000,
  graceMs: 20_000,
  ...over,
  encode: {
    ...{ id: "e1", width: 320, height: 180, fps: 30, bitrateBps: 600_000, keyframeIntervalMs: 1_000 },
    ...{ encoder: "libx264", effort: "light", bFrames: false },
    ...over.encode,
  },
});

/**
 * Pictures that are keyframes and should not be, or the other way round: on a grid of one second each first one is.
 * The engine may have left out the one at the grid point. The grid begins with the very first.
 */
export function offGrid(mediaMs: readonly number[], isKey: readonly boolean[]): number[] {
  const [firstMs = 0] = mediaMs;
  const cell = (ms: number | undefined): number => Math.floor(((ms ?? 0) - firstMs + 1) / 1_000);
  return mediaMs.filter((ms, at) => at > 0 && isKey[at] !== cell(ms) > cell(mediaMs[at - 1]));
}
