import { Store } from "@footlight/ui/store.ts";
import { faultOf } from "../../engine/sources/capture-fault.ts";

export type MicrophoneState =
  | { readonly state: "off" | "starting" }
  | { readonly state: "live" }
  | { readonly state: "failed"; readonly code: ReturnType<typeof faultOf> };

const LEVEL_MS = 66;
const SILENT_DB = -100;

/** How loud one microphone is; heard by nobody, and on only while its level is shown. */
export class MicrophonePreview {
  readonly store = new Store<MicrophoneState>({ state: "off" });
  /** Peak since the last one, dBFS. */
  readonly level = new Store(SILENT_DB);
  #turn = 0;
  #stop = () => {};

  async open(deviceId: string): Promise<void> {
    this.close();
    const turn = this.#turn;
    this.store.set({ state: "starting" });
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: {
          deviceId: { exact: deviceId },
          ...{ echoCancellation: false, noiseSuppression: false, autoGainControl: false },
        },
      });
      if (turn === this.#turn) this.#listen(stream, turn);
      else for (const each of stream.getTracks()) each.stop();
    } catch (error) {
      if (turn === this.#turn) this.store.set({ state: "failed", code: faultOf(error, "microphone") });
    }
  }

  close(): void {
    this.#turn += 1;
    this.#stop();
    this.#stop = () => {};
    this.level.set(SILENT_DB);
    this.store.set({ state: "off" });
  }

  #listen(stream: MediaStream, turn: number): void {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 4096 });
    new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
      this.level.set(peak > 0 ? 20 * Math.log10(peak) : SILENT_DB);
    }, LEVEL_MS);
    this.#stop = () => {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
      void context.close();
    };
    stream.getAudioTracks()[0]?.addEventListener("ended", () => {
      if (turn !== this.#turn) return;
      this.#stop();
      this.store.set({ state: "failed", code: "unplugged" });
    });
    this.store.set({ state: "live" });
  }
}
