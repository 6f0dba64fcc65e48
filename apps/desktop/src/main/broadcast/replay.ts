import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FromEncoder, ToEncoder } from "../../contract/encoder-control.ts";
import type { EncodeSettings } from "../../contract/media-port.ts";
import type { TopicSnapshot } from "../../contract/studio-topics.ts";
import { fileFault } from "../system/file-fault.ts";
import { fileName } from "./recording.ts";

type Snapshot = TopicSnapshot<"replay">;

interface World {
  readonly encoder: { readonly isReady: boolean; send(message: ToEncoder): void };
  readonly folder: () => string;
  readonly seconds: () => number;
  /** The broadcast's own encode, so that a replay costs nothing on air. */
  readonly encode: () => EncodeSettings;
  readonly onChange: (snapshot: Snapshot) => void;
  readonly onNews: (code: "replay_saved" | "replay_failed", detail: string) => void;
  readonly now?: () => Date;
}

/** The last seconds of the programme, kept in the encoder's memory and written to a file when somebody asks. */
export class Replay {
  #snapshot: Snapshot = { on: false, saving: false };

  constructor(private readonly world: World) {
    world.onChange(this.#snapshot);
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Why not; null when it runs. */
  start(): string | null {
    if (!this.world.encoder.isReady) return "encoder_down";
    this.#order();
    this.#become({ on: true, saving: false });
    return null;
  }

  stop(): void {
    if (!this.#snapshot.on) return;
    this.#send(0);
    this.#become({ on: false, saving: false });
  }

  /** Why not; null when it is on its way, then news says where it lies. */
  async save(): Promise<string | null> {
    if (!this.#snapshot.on) return "replay_off";
    if (this.#snapshot.saving) return null;
    const folder = this.world.folder();
    this.#become({ on: true, saving: true });
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      this.#become({ ...this.#snapshot, saving: false });
      return fileFault(error);
    }
    const path = join(folder, `Replay ${fileName(this.world.now?.() ?? new Date())}.mp4`);
    this.world.encoder.send({ kind: "save-replay", path });
    return null;
  }

  /** Another length, or another picture: it is taken up, with an equal picture without a gap. */
  settingsChanged(): void {
    if (this.#snapshot.on) this.#order();
  }

  /** The encoder came back: it begins to remember anew. */
  resume(): void {
    if (!this.#snapshot.on) return;
    this.#order();
    this.#become({ on: true, saving: false });
  }

  take({ state, path, cause }: Extract<FromEncoder, { kind: "replay" }>): void {
    this.#become({ ...this.#snapshot, saving: false });
    if (state === "saved") this.world.onNews("replay_saved", path);
    else this.world.onNews("replay_failed", cause ?? path);
  }

  #order(): void {
    this.#send(this.world.seconds());
  }

  #send(seconds: number): void {
    this.world.encoder.send({ kind: "replay-buffer", seconds, encode: this.world.encode() });
  }

  #become(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.world.onChange(snapshot);
  }
}
