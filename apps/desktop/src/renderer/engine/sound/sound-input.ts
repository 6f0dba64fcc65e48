import type { SourceSettings } from "../../../model/document.ts";
import { CaptureLoop, trackEnd } from "../sources/capture-loop.ts";
import type { SourceReport } from "../sources/picture-source.ts";
import type { Guests } from "../stage-call/guests.ts";
import type { Audible } from "./audible.ts";
import type { Level } from "./dsp/loudness.ts";
import { Voices } from "./voices.ts";

interface World {
  /** Its device, or what captures it. */
  open(): Promise<MediaStream>;
  level(level: Level): void;
  report(report: SourceReport): void;
  readonly guests: Pick<Guests, "watch">;
}

const isCaptured = (kind: SourceSettings["kind"]): boolean =>
  kind === "microphone" || kind === "desktop-audio" || kind === "browser";

/** An element's sound can be taken once only, and then belongs to the context for good. */
const taken = new WeakMap<HTMLMediaElement, MediaElementAudioSourceNode>();

/** One source's sound: its device or element, and its strip in the mixer. */
export class SoundInput {
  readonly #strip: AudioWorkletNode;
  readonly #loop: CaptureLoop | undefined;
  readonly #voices: Voices | undefined;
  #outputs: readonly AudioNode[] = [];
  #stripJson = "";

  constructor(
    private readonly context: AudioContext,
    rnnoise: WebAssembly.Module,
    private readonly settings: SourceSettings,
    private readonly element: HTMLMediaElement | undefined,
    world: World,
  ) {
    this.#strip = new AudioWorkletNode(context, "channel-strip", {
      ...{ numberOfInputs: 1, numberOfOutputs: 1, outputChannelCount: [2] },
      ...{ channelCount: 2, channelCountMode: "explicit", processorOptions: { rnnoise } },
    });
    this.#strip.port.onmessage = ({ data }: MessageEvent<Level>) => world.level(data);
    if (element !== undefined) this.#sourceOf(element).connect(this.#strip);
    else if (isCaptured(settings.kind)) {
      // How a web page stands is told by its picture.
      const report = settings.kind === "browser" ? () => undefined : world.report.bind(world);
      this.#loop = new CaptureLoop({
        kind: settings.kind,
        open: () => world.open(),
        use: async (stream, signal) => {
          report({ state: "live" });
          const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
          source.connect(this.#strip);
          await trackEnd(stream.getAudioTracks()[0], signal);
          source.disconnect();
        },
        report,
      });
    } else if (settings.kind === "guest") {
      this.#voices = new Voices(context, this.#strip, settings.seat, world.guests);
    }
  }

  fits(settings: SourceSettings, element: HTMLMediaElement | undefined): boolean {
    if (element !== this.element) return false;
    // Whose voice it is says their seat alone.
    if (settings.kind === "guest")
      return this.settings.kind === "guest" && this.settings.seat === settings.seat;
    // A web page that changes goes on sounding.
    const goesOn = element !== undefined || settings.kind === "browser";
    return goesOn || JSON.stringify(settings) === JSON.stringify(this.settings);
  }

  set({ wanted, strip }: Audible, outputs: readonly AudioNode[]): void {
    this.#loop?.setWanted(wanted);
    const stripJson = JSON.stringify(strip);
    if (stripJson !== this.#stripJson) this.#strip.port.postMessage({ settings: strip });
    this.#stripJson = stripJson;
    const same =
      outputs.length === this.#outputs.length && outputs.every((node, i) => node === this.#outputs[i]);
    if (same) return;
    for (const node of this.#outputs) if (!outputs.includes(node)) this.#strip.disconnect(node);
    for (const node of outputs) if (!this.#outputs.includes(node)) this.#strip.connect(node);
    this.#outputs = outputs;
  }

  close(): void {
    this.#loop?.close();
    this.#voices?.close();
    if (this.element !== undefined) this.#sourceOf(this.element).disconnect();
    this.#strip.disconnect();
    this.#strip.port.postMessage({ end: true });
  }

  #sourceOf(element: HTMLMediaElement): MediaElementAudioSourceNode {
    const known = taken.get(element);
    if (known !== undefined) return known;
    const made = new MediaElementAudioSourceNode(this.context, { mediaElement: element });
    taken.set(element, made);
    return made;
  }
}
