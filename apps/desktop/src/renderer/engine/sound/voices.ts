import type { Guests } from "../stage-call/guests.ts";

/** What is heard of whoever sits on a seat of the stage. */
export class Voices {
  #heard: readonly { readonly node: AudioNode; readonly element: HTMLAudioElement }[] = [];
  readonly #stop: () => void;

  constructor(
    private readonly context: AudioContext,
    private readonly output: AudioNode,
    seat: number,
    guests: Pick<Guests, "watch">,
  ) {
    this.#stop = guests.watch(seat, ({ voices }) => this.#hear(voices));
  }

  close(): void {
    this.#stop();
    this.#hear([]);
  }

  #hear(voices: readonly MediaStreamTrack[]): void {
    for (const { node, element } of this.#heard) {
      node.disconnect();
      element.srcObject = null;
    }
    // An ended one may have been told of just before: a node would not be made of it.
    const live = voices.filter(({ readyState }) => readyState === "live");
    this.#heard = live.map((track) => {
      const mediaStream = new MediaStream([track]);
      const node = new MediaStreamAudioSourceNode(this.context, { mediaStream });
      node.connect(this.output);
      // Chromium decodes a peer's sound for an element only; what it plays of it is nothing.
      const element = new Audio();
      element.muted = true;
      element.srcObject = mediaStream;
      element.play().catch(() => undefined);
      return { node, element };
    });
  }
}
