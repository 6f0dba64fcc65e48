import { Store } from "@footlight/ui/store.ts";
import { type DeviceProblem, deviceProblemOf } from "./device-problem.ts";

export interface DeviceChoice {
  readonly id: string;
  readonly label: string;
}
export type InputKind = "camera" | "microphone";

export interface InputState {
  /** The person wants it on. */
  readonly on: boolean;
  /** Null while it is off, being opened, or not to be had. */
  readonly track: MediaStreamTrack | null;
  readonly problem: DeviceProblem | null;
  readonly chosen: string | null;
  readonly choices: readonly DeviceChoice[];
}

export interface LocalDevicesState {
  readonly camera: InputState;
  readonly microphone: InputState;
  readonly speakers: readonly DeviceChoice[];
  /** Empty: the system's. */
  readonly speaker: string;
  /** The browser's question is open. */
  readonly asking: boolean;
}

/** It is wanted, and nothing has gone wrong yet. */
export const isStarting = ({ on, track, problem }: InputState): boolean =>
  on && track === null && problem === null;

const OFF: InputState = { on: true, track: null, problem: null, chosen: null, choices: [] };

const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Camera and microphone of this person, as they want them, through changes of devices. */
export class LocalDevices {
  readonly state = new Store<LocalDevicesState>({
    ...{ camera: OFF, microphone: OFF, speakers: [], speaker: "", asking: false },
  });
  #closed = false;
  /** Openings that were overtaken are thrown away. */
  readonly #turn = { camera: 0, microphone: 0 };

  /** `media`: undefined where the browser offers none. */
  constructor(
    private readonly media: MediaDevices | undefined,
    private readonly isSecure: boolean,
  ) {
    media?.addEventListener("devicechange", this.#onDeviceChange);
  }

  /** One question for both; where one of them cannot be had, the other still is. */
  async open(): Promise<void> {
    if (this.media === undefined) {
      const problem = this.isSecure ? "unsupported" : "insecure";
      this.#change("camera", { problem });
      this.#change("microphone", { problem });
      return;
    }
    this.state.set({ ...this.state.get(), asking: true });
    try {
      const stream = await this.media.getUserMedia({ video: CAMERA, audio: MICROPHONE });
      this.#use("camera", stream.getVideoTracks()[0]);
      this.#use("microphone", stream.getAudioTracks()[0]);
    } catch {
      await this.#open("microphone");
      await this.#open("camera");
    }
    this.state.set({ ...this.state.get(), asking: false });
    await this.#list();
  }

  async choose(kind: InputKind, id: string): Promise<void> {
    this.#change(kind, { chosen: id, on: true });
    await this.#open(kind);
  }

  chooseSpeaker(speaker: string): void {
    this.state.set({ ...this.state.get(), speaker });
  }

  /** A camera that is off lets go of the device and its light; a microphone is only silent. */
  async turn(kind: InputKind, on: boolean): Promise<void> {
    const { track } = this.state.get()[kind];
    this.#change(kind, { on });
    if (kind === "microphone" && track !== null) {
      track.enabled = on;
      this.#change(kind, {});
    } else if (!on) {
      this.#turn[kind] += 1;
      this.#drop(kind);
    } else await this.#open(kind);
  }

  close(): void {
    this.#closed = true;
    this.media?.removeEventListener("devicechange", this.#onDeviceChange);
    this.#drop("camera");
    this.#drop("microphone");
  }

  async #open(kind: InputKind): Promise<void> {
    if (this.media === undefined) return;
    this.#turn[kind] += 1;
    const turn = this.#turn[kind];
    const { chosen } = this.state.get()[kind];
    const of = {
      ...(kind === "camera" ? CAMERA : MICROPHONE),
      ...(chosen && { deviceId: { exact: chosen } }),
    };
    try {
      const stream = await this.media.getUserMedia(kind === "camera" ? { video: of } : { audio: of });
      const [track] = stream.getTracks();
      if (turn === this.#turn[kind]) this.#use(kind, track);
      else track?.stop();
    } catch (error) {
      if (turn !== this.#turn[kind]) return;
      this.#drop(kind);
      this.#change(kind, { problem: deviceProblemOf(error) });
    }
    await this.#list();
  }

  #use(kind: InputKind, track: MediaStreamTrack | undefined): void {
    if (this.#closed || track === undefined) {
      track?.stop();
      return;
    }
    // In one step, so that its place among the others is taken over, not given up and taken anew.
    const before = this.state.get()[kind].track;
    if (kind === "microphone") track.enabled = this.state.get().microphone.on;
    track.addEventListener("ended", () => this.#ended(kind, track));
    this.#change(kind, { track, problem: null, chosen: track.getSettings().deviceId ?? null });
    before?.stop();
  }

  /** It was unplugged: another one takes its place, where there is one. */
  #ended(kind: InputKind, track: MediaStreamTrack): void {
    if (this.#closed || this.state.get()[kind].track !== track) return;
    this.#change(kind, { track: null, problem: "lost", chosen: null });
    void this.#open(kind);
  }

  #drop(kind: InputKind): void {
    const { track } = this.state.get()[kind];
    if (track === null) return;
    track.stop();
    this.#change(kind, { track: null });
  }

  readonly #onDeviceChange = (): void => {
    void this.#list().then(() => {
      const { camera, microphone } = this.state.get();
      // Something was plugged in where there was nothing.
      if (camera.on && camera.track === null && camera.choices.length > 0) void this.#open("camera");
      if (microphone.track === null && microphone.choices.length > 0) void this.#open("microphone");
    });
  };

  async #list(): Promise<void> {
    const devices = (await this.media?.enumerateDevices().catch(() => [])) ?? [];
    if (this.#closed) return;
    const of = (kind: MediaDeviceKind): DeviceChoice[] =>
      devices
        .filter((device) => device.kind === kind && device.deviceId !== "")
        .map(({ deviceId, label }, i) => ({ id: deviceId, label: label || `${WORDS[kind]} ${i + 1}` }));
    this.#change("camera", { choices: of("videoinput") });
    this.#change("microphone", { choices: of("audioinput") });
    this.state.set({ ...this.state.get(), speakers: of("audiooutput") });
  }

  #change(kind: InputKind, change: Partial<InputState>): void {
    const state = this.state.get();
    this.state.set({ ...state, [kind]: { ...state[kind], ...change } });
  }
}

const WORDS: Record<MediaDeviceKind, string> = {
  videoinput: "Camera",
  audioinput: "Microphone",
  audiooutput: "Speaker",
};
