import { mkdir, statfs } from "node:fs/promises";
import { join, parse } from "node:path";
import type { FromEncoder, ToEncoder } from "../../contract/encoder-control.ts";
import type { EncodeSettings } from "../../contract/media-port.ts";
import type { StudioSettings, TopicSnapshot } from "../../contract/studio-topics.ts";
import { fileFault } from "../system/file-fault.ts";

type Snapshot = TopicSnapshot<"recording">;
const IDLE: Snapshot = {
  ...{ state: "idle", path: null, bytes: 0, durationMs: 0, fault: null },
  ...{ leftMs: null, diskLow: false, remux: null },
};
/** From here on the window says how long the disk lasts. */
const DISK_LOW_MS = 10 * 60_000;
/** Below this a recording does not begin. */
const MIN_FREE_BYTES = 256 * 1024 * 1024;

interface World {
  readonly encoder: { readonly isReady: boolean; send(message: ToEncoder): void };
  readonly settings: () => Pick<StudioSettings, "recording" | "audioBitrateBps">;
  readonly encode: () => EncodeSettings;
  readonly onChange: (snapshot: Snapshot) => void;
  readonly onNews: (code: "recording_saved" | "recording_failed", path: string, cause?: string) => void;
  readonly now?: () => Date;
}

/** The local recording: one at a time, written by the encoder's process. */
export class Recording {
  #snapshot: Snapshot = IDLE;
  #waiting: ((path: string | null) => void)[] = [];
  #remux: Snapshot["remux"] = null;
  /** The newest one that is whole. */
  #saved: string | undefined;

  constructor(private readonly world: World) {
    world.onChange(this.#snapshot);
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Why it did not begin; null when it does. */
  async start(): Promise<string | null> {
    if (this.#snapshot.state !== "idle") return null;
    if (!this.world.encoder.isReady) return "encoder_down";
    const { recording, audioBitrateBps } = this.world.settings();
    try {
      await mkdir(recording.folder, { recursive: true });
      const disk = await statfs(recording.folder);
      if (disk.bavail * disk.bsize < MIN_FREE_BYTES) return "disk_full";
    } catch (error) {
      return fileFault(error);
    }
    const path = join(
      recording.folder,
      `${fileName(this.world.now?.() ?? new Date())}.${recording.container}`,
    );
    const { container, tracks } = recording;
    this.world.encoder.send({
      kind: "start-recording",
      recording: { path, container, encode: this.world.encode(), audioBitrateBps, tracks },
    });
    this.#become({ ...IDLE, state: "recording", path });
    return null;
  }

  stop(): void {
    if (this.#snapshot.state !== "idle") this.world.encoder.send({ kind: "stop-recording" });
  }

  /** Stops it and waits until its file is whole; its path, or null if it failed. */
  stopped(): Promise<string | null> {
    const ended = new Promise<string | null>((resolve) => this.#waiting.push(resolve));
    if (this.#snapshot.state === "idle") this.#ended(null);
    else this.stop();
    return ended;
  }

  pause(paused: boolean): void {
    if (this.#snapshot.state !== "idle") this.world.encoder.send({ kind: "pause-recording", paused });
  }

  split(): void {
    if (this.#snapshot.state !== "idle") this.world.encoder.send({ kind: "split-recording" });
  }

  /** The encoder came back: what was written is whole up to its end, and a new file goes on. */
  async resume(): Promise<void> {
    if (this.#snapshot.state === "idle") return;
    this.#snapshot = IDLE;
    if (this.#waiting.length > 0) {
      // It was being stopped.
      this.#become(IDLE);
      this.#ended(null);
      return;
    }
    const fault = await this.start();
    if (fault !== null) this.#become({ ...IDLE, fault });
  }

  take(message: Extract<FromEncoder, { kind: "recording" }>): void {
    const { state, path, cause } = message;
    switch (state) {
      case "started":
      case "split":
        this.#become({ ...this.#snapshot, state: "recording", path });
        break;
      case "resumed":
        this.#become({ ...this.#snapshot, state: "recording" });
        break;
      case "paused":
        this.#become({ ...this.#snapshot, state: "paused" });
        break;
      case "saved":
        this.#saved = path;
        this.world.onNews("recording_saved", path);
        this.#become(IDLE);
        this.#ended(path);
        break;
      case "failed":
        this.world.onNews("recording_failed", path, cause);
        this.#become({ ...IDLE, fault: cause ?? "unknown" });
        this.#ended(null);
        break;
    }
  }

  takeFigures(figures: Extract<FromEncoder, { kind: "figures" }>["recording"]): void {
    if (figures === null || this.#snapshot.state === "idle") return;
    const { path, bytes, durationMs, leftMs = null } = figures;
    const diskLow = leftMs !== null && leftMs < DISK_LOW_MS;
    this.#become({ ...this.#snapshot, path, bytes, durationMs, leftMs, diskLow });
  }

  /** The newest one as a plain MP4 beside it. Why not, if not. */
  remux(): "no_recording" | "encoder_down" | null {
    const from = this.#saved;
    if (from === undefined) return "no_recording";
    if (!this.world.encoder.isReady) return "encoder_down";
    const { dir, name } = parse(from);
    this.world.encoder.send({ kind: "remux", from, to: join(dir, `${name} (plain).mp4`) });
    return null;
  }

  takeRemux({ state, from, to, progress, cause }: Extract<FromEncoder, { kind: "remux" }>): void {
    this.#remux = { state, from, to, progress, cause: cause ?? null };
    this.#become(this.#snapshot);
  }

  /** The encoder does not come back; what it had written is whole up to its end. */
  lose(): void {
    if (this.#snapshot.state === "idle") return;
    const { path } = this.#snapshot;
    this.world.onNews("recording_failed", path ?? "", "encoder_down");
    this.#become({ ...IDLE, fault: "encoder_down" });
    this.#ended(null);
  }

  #ended(path: string | null): void {
    for (const resolve of this.#waiting.splice(0)) resolve(path);
  }

  #become(snapshot: Snapshot): void {
    this.#snapshot = { ...snapshot, remux: this.#remux };
    this.world.onChange(this.#snapshot);
  }
}

/** `2026-05-04 18-30-05`: sorts by time, and is a file name everywhere. */
export function fileName(now: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  return `${day} ${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("-")}`;
}
