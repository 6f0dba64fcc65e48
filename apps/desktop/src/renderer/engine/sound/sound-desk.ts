import rnnoiseUrl from "@jitsi/rnnoise-wasm/dist/rnnoise.wasm?url";
import type { FromEngineControl } from "../../../contract/engine-control.ts";
import type { FromEngine } from "../../../contract/media-port.ts";
import type { SourceSettings, StudioDocument } from "../../../model/document.ts";
import type { SourceReport } from "../sources/picture-source.ts";
import type { Guests } from "../stage-call/guests.ts";
import { type Audible, audible, type Moment } from "./audible.ts";
import { SoundClock, stretch } from "./sound-clock.ts";
import { SoundInput } from "./sound-input.ts";
import { type FromCollector, type ToCollector, TRACKS } from "./worklet-messages.ts";
import workletsUrl from "./worklets.ts?worker&url";

type Levels = Extract<FromEngineControl, { kind: "levels" }>["levels"];

interface World {
  /** Since the media epoch. */
  elapsedMs(): number;
  /** The element of a video file, which has the sound in it. */
  element(sourceId: string): HTMLMediaElement | undefined;
  /** What a source that is captured sounds like. Rejects as `getUserMedia` does. */
  open(sourceId: string, settings: SourceSettings): Promise<MediaStream>;
  send(message: Extract<FromEngine, { kind: "sound" }>): void;
  levels(levels: Levels): void;
  report(id: string, report: SourceReport): void;
  readonly guests: Pick<Guests, "watch">;
}

/** A longer gap (the machine slept) is left to whoever encodes: ten seconds. */
const LONGEST_SILENCE = 480_000;

/** The mixer: a strip for each source that is heard, six tracks, meters, and the streamer's own ears. */
export class SoundDesk {
  readonly #inputs = new Map<string, SoundInput>();
  readonly #tracks: readonly GainNode[];
  readonly #ears: MediaStreamAudioDestinationNode;
  readonly #speaker = new Audio();
  /** The programme without the stage's guests, for them. */
  readonly #back: MediaStreamAudioDestinationNode;
  readonly #levels = new Map<string, { peakDb: number; lufs: number }>();
  #clock = new SoundClock();
  #wanted: readonly number[] = [];

  private constructor(
    private readonly context: AudioContext,
    private readonly collector: AudioWorkletNode,
    private readonly rnnoise: WebAssembly.Module,
    private readonly world: World,
  ) {
    this.#tracks = Array.from({ length: TRACKS }, (_, track) => {
      const bus = new GainNode(context);
      bus.connect(collector, 0, track);
      return bus;
    });
    // What is connected to nothing is not run.
    collector.connect(context.destination);
    collector.port.onmessage = ({ data }: MessageEvent<FromCollector>) => this.#collected(data);
    this.#ears = new MediaStreamAudioDestinationNode(context);
    this.#back = new MediaStreamAudioDestinationNode(context);
    this.#speaker.srcObject = this.#ears.stream;
  }

  static async create(world: World): Promise<SoundDesk> {
    // Runs whether there is a loudspeaker or not, on the system's clock.
    const options = { sampleRate: 48_000, sinkId: { type: "none" } };
    const context = new AudioContext(options);
    // Held up for ever where the window may not play by itself.
    context.resume().catch(() => undefined);
    const [rnnoise] = await Promise.all([
      WebAssembly.compileStreaming(fetch(rnnoiseUrl)),
      context.audioWorklet.addModule(workletsUrl),
    ]);
    const collector = new AudioWorkletNode(context, "collector", {
      ...{ numberOfInputs: TRACKS, numberOfOutputs: 1, outputChannelCount: [1] },
      ...{ channelCount: 2, channelCountMode: "explicit" },
    });
    return new SoundDesk(context, collector, rnnoise, world);
  }

  /** After each change of the document or of what is shown. */
  set(document: StudioDocument, moment: Moment): void {
    const all = audible(document, moment);
    for (const [id, input] of this.#inputs) {
      const settings = document.sources[id]?.settings;
      if (all.has(id) && settings !== undefined && input.fits(settings, this.world.element(id))) continue;
      input.close();
      this.#inputs.delete(id);
      this.#levels.delete(id);
    }
    for (const [id, each] of all)
      this.#input(id, document)?.set(
        each,
        this.#outputs(each, document.sources[id]?.settings.kind === "guest"),
      );
    const anyEars = [...all.values()].some(({ sound }) => sound.monitor !== "off");
    if (!anyEars) this.#speaker.pause();
    // Rejected where there is no loudspeaker; then nobody hears anything, as before.
    else if (this.#speaker.paused) this.#speaker.play().catch(() => undefined);
  }

  want(tracks: readonly number[]): void {
    // What nobody wanted to have is no gap.
    if (this.#wanted.length === 0) this.#clock = new SoundClock();
    this.#wanted = tracks;
    this.#order({ tracks });
  }

  /** An element that is heard in all tracks and by guests, beside the sources; until what is returned is called. */
  join(element: HTMLMediaElement): () => void {
    const node = new MediaElementAudioSourceNode(this.context, { mediaElement: element });
    for (const bus of [...this.#tracks, this.#back]) node.connect(bus);
    return () => node.disconnect();
  }

  /** What is streamed, for a peer connection. */
  stream(): MediaStreamAudioDestinationNode {
    const node = new MediaStreamAudioDestinationNode(this.context);
    this.#tracks[0]?.connect(node);
    return node;
  }

  endStream(node: MediaStreamAudioDestinationNode): void {
    this.#tracks[0]?.disconnect(node);
  }

  /** What guests of the stage hear: each other they hear from there. */
  returnTrack(): MediaStreamTrack | undefined {
    return this.#back.stream.getAudioTracks()[0];
  }

  async close(): Promise<void> {
    for (const input of this.#inputs.values()) input.close();
    this.#inputs.clear();
    this.#speaker.pause();
    this.#order({ end: true });
    if (this.context.state !== "closed") await this.context.close();
  }

  #order(message: ToCollector): void {
    this.collector.port.postMessage(message);
  }

  #input(id: string, document: StudioDocument): SoundInput | undefined {
    const settings = document.sources[id]?.settings;
    if (settings === undefined) return undefined;
    const known = this.#inputs.get(id);
    if (known !== undefined) return known;
    const input = new SoundInput(this.context, this.rnnoise, settings, this.world.element(id), {
      open: () => this.world.open(id, settings),
      level: (level) => this.#levels.set(id, level),
      report: (report) => this.world.report(id, report),
      guests: this.world.guests,
    });
    this.#inputs.set(id, input);
    return input;
  }

  #outputs({ sound }: Audible, isGuest: boolean): AudioNode[] {
    const ears = sound.monitor === "off" ? [] : [this.#ears];
    if (sound.monitor === "only") return ears;
    const back = !isGuest && sound.tracks.includes(1) ? [this.#back] : [];
    return [...sound.tracks.flatMap((track) => this.#tracks[track - 1] ?? []), ...ears, ...back];
  }

  #collected(message: FromCollector): void {
    if ("level" in message) {
      this.#levels.set("programme", message.level);
      this.world.levels([...this.#levels].map(([id, level]) => ({ id, ...level })));
      return;
    }
    const { frame, blocks } = message;
    const samples = (blocks[0]?.samples.length ?? 0) / 2;
    const { gapSamples, slip, drop } = this.#clock.place(frame, samples, this.world.elapsedMs());
    if (drop) return;
    const first = this.#clock.nextSample - samples - slip;
    for (const { track, samples: block } of blocks) {
      if (gapSamples > 0 && gapSamples <= LONGEST_SILENCE)
        this.#put(track, first - gapSamples, new Float32Array(2 * gapSamples));
      this.#put(track, first, stretch(block, slip));
    }
  }

  #put(track: number, firstSample: number, samples: Float32Array): void {
    this.world.send({ kind: "sound", track, ptsUs: Math.round((firstSample * 1_000) / 48), samples });
  }
}
