import { Store } from "@footlight/ui/store.ts";
import { faultOf } from "../../engine/sources/capture-fault.ts";

export interface CameraMode {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

export type CameraState =
  | { readonly state: "off" | "starting" }
  | { readonly state: "live"; readonly stream: MediaStream; readonly mode: CameraMode }
  | { readonly state: "failed"; readonly code: ReturnType<typeof faultOf> };

/** One camera as its owner sees it, in the best mode that it has; on only while it is shown. */
export class CameraPreview {
  readonly store = new Store<CameraState>({ state: "off" });
  #turn = 0;

  async open(deviceId: string): Promise<void> {
    this.close();
    const turn = this.#turn;
    this.store.set({ state: "starting" });
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        video: {
          deviceId: { exact: deviceId },
          ...{ width: { ideal: 1920 }, height: { ideal: 1080 }, frameRate: { ideal: 60 } },
        },
      });
      const [track] = stream.getVideoTracks();
      if (turn !== this.#turn || track === undefined) {
        for (const each of stream.getTracks()) each.stop();
        return;
      }
      track.addEventListener("ended", () => this.#fail(turn, "unplugged"));
      const { width = 0, height = 0, frameRate = 30 } = track.getSettings();
      this.store.set({ state: "live", stream, mode: { width, height, fps: Math.round(frameRate) } });
    } catch (error) {
      this.#fail(turn, faultOf(error, "camera"));
    }
  }

  close(): void {
    this.#turn += 1;
    const now = this.store.get();
    if (now.state === "live") for (const track of now.stream.getTracks()) track.stop();
    this.store.set({ state: "off" });
  }

  #fail(turn: number, code: ReturnType<typeof faultOf>): void {
    if (turn === this.#turn) this.store.set({ state: "failed", code });
  }
}
