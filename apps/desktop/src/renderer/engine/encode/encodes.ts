import type { EncodeId, FromEngine, ToEngine } from "../../../contract/media-port.ts";
import type { Composed, PictureEncode } from "./picture-encode.ts";
import { RawEncode } from "./raw-encode.ts";
import { WebcodecsEncode } from "./webcodecs-encode.ts";

/** The encodes that the other process has asked for. */
export class Encodes {
  readonly #encodes = new Map<EncodeId, PictureEncode>();

  constructor(private readonly send: (message: FromEngine) => void) {}

  get idle(): boolean {
    return this.#encodes.size === 0;
  }

  handle(message: Exclude<ToEngine, { kind: "tracks" }>): void {
    switch (message.kind) {
      case "encode": {
        const { settings } = message;
        this.#stop(settings.id);
        const Kind = settings.encoder === "webcodecs" ? WebcodecsEncode : RawEncode;
        this.#encodes.set(settings.id, new Kind(settings, this.send));
        return;
      }
      case "taken": {
        const encode = this.#encodes.get(message.encode);
        if (encode instanceof RawEncode) encode.taken();
        return;
      }
      case "bitrate":
        this.#encodes.get(message.encode)?.setBitrate(message.bitrateBps);
        return;
      case "keyframe":
        this.#encodes.get(message.encode)?.requestKeyframe();
        return;
      case "stop":
        this.#stop(message.encode);
        return;
    }
  }

  offer(picture: Composed): void {
    for (const encode of this.#encodes.values()) encode.offer(picture);
  }

  /** Frames whose time passed without a picture; `repeat` are the times at which the last one stands. */
  missed(frames: number, repeat: readonly number[]): void {
    for (const [id, encode] of this.#encodes) {
      this.send({ kind: "dropped", encode: id, cause: "render", frames });
      for (const ptsUs of repeat) encode.repeat(ptsUs);
    }
  }

  close(): void {
    for (const id of [...this.#encodes.keys()]) this.#stop(id);
  }

  #stop(id: EncodeId): void {
    this.#encodes.get(id)?.close();
    this.#encodes.delete(id);
  }
}
