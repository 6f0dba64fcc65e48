import type { FromEncoder, RecordingOrder, ToEncoder } from "../../contract/encoder-control.ts";
import type { EncodeSettings } from "../../contract/media-port.ts";
import type { Lease, Programme } from "../encode/programme.ts";
import { Recorder } from "./recorder.ts";
import { remux } from "./remux.ts";
import { ReplayBuffer } from "./replay-buffer.ts";

const REPLAY_AUDIO_BPS = 160_000;

export type RecordOrder = Extract<
  ToEncoder,
  {
    kind:
      | "start-recording"
      | "pause-recording"
      | "split-recording"
      | "stop-recording"
      | "mark-recording"
      | "replay-buffer"
      | "save-replay"
      | "remux";
  }
>;

/** What is kept on this machine: at most one recording and one replay buffer at a time. */
export class RecordDesk {
  readonly #emit: (event: FromEncoder) => void;
  readonly #programme: Programme;
  readonly #ffmpegPath: string;
  #recording: { readonly recorder: Recorder; readonly leases: readonly Lease[] } | undefined;
  #replay: { readonly buffer: ReplayBuffer; readonly leases: readonly Lease[] } | undefined;
  /** The newest one, whose markers can be named after its end. */
  #newest: Recorder | undefined;
  readonly #working = new Set<Promise<void>>();

  constructor(of: {
    readonly emit: (event: FromEncoder) => void;
    readonly programme: Programme;
    readonly ffmpegPath: string;
  }) {
    this.#emit = of.emit;
    this.#programme = of.programme;
    this.#ffmpegPath = of.ffmpegPath;
  }

  get recording() {
    return this.#recording?.recorder.figures ?? null;
  }

  get runs(): boolean {
    return this.#recording !== undefined || this.#replay !== undefined;
  }

  onOrder(order: RecordOrder): void {
    switch (order.kind) {
      case "start-recording":
        this.#start(order.recording);
        return;
      case "pause-recording":
        this.#recording?.recorder.pause(order.paused);
        return;
      case "split-recording":
        this.#recording?.recorder.split();
        return;
      case "stop-recording":
        this.#stop();
        return;
      case "mark-recording":
        this.#mark(order.id, order.name);
        return;
      case "replay-buffer":
        this.#keepReplay(order.encode, order.seconds);
        return;
      case "save-replay":
        this.#work(this.#saveReplay(order.path));
        return;
      case "remux":
        this.#work(this.#remux(order.from, order.to));
    }
  }

  async close(): Promise<void> {
    this.#stop();
    this.#dropReplay();
    await Promise.all(this.#working);
  }

  #start(order: RecordingOrder): void {
    // A second one ends the first: its file is whole.
    this.#stop();
    const recorder: Recorder = new Recorder({
      order,
      onEvent: (event) => {
        this.#emit({ kind: "recording", ...event });
        if (this.#recording?.recorder === recorder && recorder.isOver) this.#stop();
      },
      onMarker: (marker) => this.#emit({ kind: "marker", ...marker }),
      onDiskLow: (minutes) => this.#emit({ kind: "fault", area: "disk-low", cause: String(minutes) }),
    });
    const { encode, tracks, audioBitrateBps } = order;
    this.#newest = recorder;
    this.#recording = {
      recorder,
      leases: [
        this.#programme.openPictures(encode, recorder),
        ...tracks.map((track) => this.#programme.openSound(track, audioBitrateBps, recorder)),
      ],
    };
  }

  #stop(): void {
    const recording = this.#recording;
    this.#recording = undefined;
    if (recording === undefined) return;
    for (const end of recording.leases) end();
    this.#work(recording.recorder.close());
  }

  #mark(id: number, name: string): void {
    if (this.#newest === undefined) this.#emit({ kind: "marker", id, path: null, timeMs: 0 });
    else this.#newest.mark(id, name, this.#programme.nowUs);
  }

  #keepReplay(encode: EncodeSettings, seconds: number): void {
    if (seconds > 0 && this.#replay?.buffer.settings.id === encode.id) {
      this.#replay.buffer.seconds = seconds;
      return;
    }
    this.#dropReplay();
    if (seconds === 0) return;
    const buffer = new ReplayBuffer(encode, REPLAY_AUDIO_BPS, seconds);
    const leases = [
      this.#programme.openPictures(encode, buffer),
      this.#programme.openSound(1, REPLAY_AUDIO_BPS, buffer),
    ];
    this.#replay = { buffer, leases };
  }

  #dropReplay(): void {
    for (const end of this.#replay?.leases ?? []) end();
    this.#replay = undefined;
  }

  async #saveReplay(path: string): Promise<void> {
    try {
      if (this.#replay === undefined) throw new Error("nothing_recorded");
      await this.#replay.buffer.save(path, this.#ffmpegPath);
      this.#emit({ kind: "replay", state: "saved", path });
    } catch (error) {
      this.#emit({ kind: "replay", state: "failed", path, cause: wordsOf(error) });
    }
  }

  async #remux(from: string, to: string): Promise<void> {
    const tell = (state: "running" | "done" | "failed", progress: number, cause?: string): void =>
      this.#emit({ kind: "remux", state, from, to, progress, ...(cause === undefined ? {} : { cause }) });
    try {
      await remux(this.#ffmpegPath, from, to, (progress) => {
        if (progress < 1) tell("running", progress);
      });
      tell("done", 1);
    } catch (error) {
      tell("failed", 0, wordsOf(error));
    }
  }

  #work(work: Promise<void>): void {
    this.#working.add(work);
    void work.finally(() => this.#working.delete(work));
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
