import { NalType, nalTypeOf, splitAnnexB } from "@footlight/protocols/h264/nal.ts";
import { packetiseH264 } from "@footlight/protocols/rtp/h264-packetiser.ts";
import { WeriftSender } from "../src/testing/werift-peer.ts";
import { h264AnnexB, opusPackets, vp8Frames } from "./webrtc-media.ts";

const MAX_PAYLOAD = 1_100;
const FRAME_MS = 1_000 / 30;
const OPUS_MS = 20;

/** RTP payloads of pictures at 30 fps, the first a keyframe, and of Opus; both repeat without end. */
export interface LoopedMedia {
  readonly codec: "H264" | "VP8" | undefined;
  readonly pictures: readonly (readonly Buffer[])[];
  readonly sound: readonly Buffer[];
}

/** As an encoder with a clock makes it: the rate in its SPS, a keyframe each 2 s. */
export function h264Media(seconds = 2): LoopedMedia {
  const units: Uint8Array[][] = [];
  for (const nal of splitAnnexB(h264AnnexB("testsrc2=s=640x360", seconds))) {
    if (nalTypeOf(nal) === NalType.aud) units.push([]);
    else units.at(-1)?.push(nal);
  }
  const pictures = units.map((nals) => packetiseH264(nals, MAX_PAYLOAD).map((each) => Buffer.from(each)));
  return { codec: "H264", pictures, sound: opusPackets("sine=f=440", seconds) };
}

/** Nothing to see, as an encoder of a radio station offers it. */
export const soundMedia = (seconds = 2): LoopedMedia => ({
  ...{ codec: undefined, pictures: [] },
  sound: opusPackets("sine=f=440", seconds),
});

/** `pictureIds`: without, a descriptor is a single byte, as GStreamer's are unless it is told otherwise. */
export function vp8Media(seconds = 2, { pictureIds = true } = {}): LoopedMedia {
  const pictures = vp8Frames("testsrc2=s=320x180", seconds).map(({ data, index }) => {
    const chunks: Buffer[] = [];
    for (let at = 0; at < data.length; at += MAX_PAYLOAD) {
      // RFC 7741 §4.2: S with the first packet of a frame, and a picture id, without which mediasoup sees
      // no keyframe.
      const starts = at === 0 ? 0x10 : 0;
      const descriptor = pictureIds ? Buffer.of(0x80 | starts, 0x80, index & 0x7f) : Buffer.of(starts);
      chunks.push(Buffer.concat([descriptor, data.subarray(at, at + MAX_PAYLOAD)]));
    }
    return chunks;
  });
  return { codec: "VP8", pictures, sound: opusPackets("sine=f=440", seconds) };
}

/** A WHIP encoder that is neither ours nor a browser's: werift, sending recorded media in real time. */
export class WeriftEncoder implements AsyncDisposable {
  readonly #sender: WeriftSender;
  readonly #timer: NodeJS.Timeout;
  readonly #beganMs = performance.now();
  #picture = 0;
  #sound = 0;
  #packets = 0;
  /** Each how many-th packet of the picture is lost on its way; 0: none is. */
  lossEvery = 0;
  /** What is not sent now. */
  muted: "audio" | "video" | "both" | undefined;

  /** Throws the response's status and problem where the server refuses. */
  static async publish(
    endpoint: string,
    key: string,
    media: LoopedMedia,
    muted?: WeriftEncoder["muted"],
  ): Promise<WeriftEncoder> {
    const sender = new WeriftSender(
      media.codec === undefined ? { kinds: ["audio"] } : { videoCodec: media.codec },
    );
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/sdp", authorization: `Bearer ${key}` },
      body: await sender.offer(),
    });
    const text = await answer.text();
    if (answer.status !== 201) {
      await sender[Symbol.asyncDispose]();
      throw new Error(`${answer.status} ${text}`);
    }
    await sender.answer(text);
    await sender.connected();
    const url = new URL(answer.headers.get("location") ?? "", endpoint).href;
    const encoder = new WeriftEncoder(sender, url, key, media);
    encoder.muted = muted;
    return encoder;
  }

  private constructor(
    sender: WeriftSender,
    readonly url: string,
    private readonly key: string,
    private readonly media: LoopedMedia,
  ) {
    this.#sender = sender;
    this.#timer = setInterval(() => this.#send(performance.now() - this.#beganMs), 5);
  }

  get connectionState(): string {
    return this.#sender.pc.connectionState;
  }

  /** Of the session's URL. */
  async delete(): Promise<number> {
    const headers = { authorization: `Bearer ${this.key}` };
    return (await fetch(this.url, { method: "DELETE", headers })).status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#sender[Symbol.asyncDispose]();
  }

  #send(atMs: number): void {
    const { pictures, sound } = this.media;
    for (; this.#picture * FRAME_MS <= atMs; this.#picture += 1) {
      if (this.muted === "video" || this.muted === "both") continue;
      const payloads = pictures[this.#picture % pictures.length] ?? [];
      payloads.forEach((payload, i) => {
        this.#packets += 1;
        const lost = this.lossEvery > 0 && this.#packets % this.lossEvery === 0;
        const marker = i === payloads.length - 1;
        this.#sender.send("video", payload, this.#picture * 3_000, { marker, lost });
      });
    }
    for (; this.#sound * OPUS_MS <= atMs; this.#sound += 1) {
      if (this.muted === "audio" || this.muted === "both") continue;
      this.#sender.send("audio", sound[this.#sound % sound.length] as Buffer, this.#sound * 960);
    }
  }
}
