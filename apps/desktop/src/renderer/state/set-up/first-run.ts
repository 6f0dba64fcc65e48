import { Store } from "@footlight/ui/store.ts";
import type { CallOutput } from "../../../contract/studio-calls.ts";
import type { StudioSettings } from "../../../contract/studio-topics.ts";
import { type Chosen, firstScene } from "../../../model/first-scene.ts";
import { type Device, listDevices } from "../devices.ts";
import { newId, type Studio } from "../studio.ts";
import { CameraPreview } from "./camera-preview.ts";
import { Measuring } from "./measuring.ts";
import { MicrophonePreview } from "./microphone-preview.ts";

export const STEPS = ["welcome", "account", "measure", "devices", "proposal"] as const;
export type Step = (typeof STEPS)[number];
export type Display = CallOutput<"capture.list">["displays"][number];
/** What is proposed or chosen by hand, of all that the settings say of the picture. */
export type Figures = Pick<StudioSettings["video"], "width" | "height" | "fps" | "bitrateBps" | "encoder">;

export interface Choices {
  /** Null: not looked yet. */
  readonly cameras: readonly Device[] | null;
  readonly microphones: readonly Device[] | null;
  readonly displays: readonly Display[] | null;
  readonly cameraId: string | null;
  readonly microphoneId: string | null;
  readonly displayId: string | null;
}

const NO_CHOICE: Choices = {
  ...{ cameras: null, microphones: null, displays: null },
  ...{ cameraId: null, microphoneId: null, displayId: null },
};

/** The way from a fresh profile to a control room: what was chosen on it, and what is on meanwhile. */
export class FirstRun {
  readonly step = new Store<Step>("welcome");
  readonly choices = new Store<Choices>(NO_CHOICE);
  readonly camera = new CameraPreview();
  readonly microphone = new MicrophonePreview();
  readonly measuring: Measuring;
  /** Of the camera that was last seen on. */
  #cameraMode: Chosen["camera"] = null;

  constructor(private readonly studio: Studio) {
    this.measuring = new Measuring(studio);
  }

  /** Whoever is past the first step has seen it. */
  go(step: Step): void {
    const before = this.step.get();
    if (before === "measure") this.measuring.cancel();
    if (before === "devices") this.#leaveDevices();
    this.step.set(step);
    if (step === "measure" && !this.measuring.isDone) void this.measuring.start();
    if (step === "devices") void this.lookForDevices();
  }

  next(): void {
    this.#move(1);
  }

  back(): void {
    this.#move(-1);
  }

  /** Where one broadcasts to has changed: what was measured on the way there counts no more. */
  arrive(): void {
    this.measuring.forget();
    this.go("measure");
  }

  /** As they come and go. The first of each is on until another is chosen; one that was unplugged is awaited. */
  async lookForDevices(): Promise<void> {
    const list = (kind: "videoinput" | "audioinput") => listDevices(kind).catch(() => []);
    const [cameras, microphones] = await Promise.all([list("videoinput"), list("audioinput")]);
    const before = this.choices.get();
    this.choices.set({ ...before, cameras, microphones });
    if (this.step.get() !== "devices") return;
    const wanted = (now: readonly Device[], then: readonly Device[] | null, id: string | null) =>
      id ?? (then === null ? (now[0]?.id ?? null) : null);
    const isOff = ({ state }: { readonly state: string }) => state === "off" || state === "failed";
    const cameraId = wanted(cameras, before.cameras, before.cameraId);
    if (cameraId !== null && isOff(this.camera.store.get())) this.chooseCamera(cameraId);
    const microphoneId = wanted(microphones, before.microphones, before.microphoneId);
    if (microphoneId !== null && isOff(this.microphone.store.get())) this.chooseMicrophone(microphoneId);
  }

  chooseCamera(cameraId: string | null): void {
    this.choices.set({ ...this.choices.get(), cameraId });
    if (cameraId === null) this.camera.close();
    else void this.camera.open(cameraId);
  }

  chooseMicrophone(microphoneId: string | null): void {
    this.choices.set({ ...this.choices.get(), microphoneId });
    if (microphoneId === null) this.microphone.close();
    else void this.microphone.open(microphoneId);
  }

  chooseDisplay(displayId: string | null): void {
    this.choices.set({ ...this.choices.get(), displayId });
  }

  /** Only when somebody asks for it: some systems then ask back. */
  async lookForDisplays(): Promise<void> {
    const found = await this.studio.ask("capture.list", undefined);
    const displays = found?.displays ?? [];
    const { displayId } = this.choices.get();
    const still = displays.some(({ id }) => id === displayId);
    this.choices.set({
      ...this.choices.get(),
      displays,
      displayId: still ? displayId : (displays[0]?.id ?? null),
    });
  }

  /** What goes into the scene. */
  get chosen(): Chosen {
    const { microphones, displays, microphoneId, displayId } = this.choices.get();
    const microphone = microphones?.find(({ id }) => id === microphoneId);
    const display = displays?.find(({ id }) => id === displayId);
    return {
      camera: this.#cameraMode,
      microphone: microphone === undefined ? null : { deviceId: microphone.id, name: microphone.name },
      screen:
        display === undefined
          ? null
          : { displayId: display.id, name: display.name, width: display.width, height: display.height },
    };
  }

  /** Into the control room, with what was chosen; without figures with the settings as they are. */
  async finish(figures: Figures | null): Promise<void> {
    const { document, settings } = this.studio.topics;
    const [collection, now] = [document.get(), settings.get()];
    if (collection === null || now === null) return;
    const video = { ...now.video, ...figures };
    const canvas =
      figures === null ? collection.canvas : { width: video.width, height: video.height, fps: video.fps };
    const gesture = newId();
    for (const command of firstScene(collection, this.chosen, canvas, newId))
      await this.studio.ask("document.do", { command, gesture });
    await this.studio.ask("settings.change", { video, welcomed: true });
  }

  /** As everything was. */
  leave(): void {
    void this.studio.ask("settings.change", { welcomed: true });
  }

  /** Nothing is on or under way any more; it may go on again. */
  close(): void {
    this.measuring.cancel();
    this.camera.close();
    this.microphone.close();
  }

  #move(by: 1 | -1): void {
    const step = STEPS[STEPS.indexOf(this.step.get()) + by];
    if (step !== undefined) this.go(step);
  }

  #leaveDevices(): void {
    const { cameras, cameraId } = this.choices.get();
    const camera = cameras?.find(({ id }) => id === cameraId);
    const seen = this.camera.store.get();
    this.#cameraMode =
      camera === undefined || seen.state !== "live"
        ? null
        : { deviceId: camera.id, name: camera.name, ...seen.mode };
    this.camera.close();
    this.microphone.close();
  }
}
