import { describe, expect, it } from "vitest";
import { deviceWords } from "../device-words.ts";
import { type DeviceProblem, deviceProblemOf } from "./device-problem.ts";
import { levelOf } from "./level-meter.ts";
import { LocalDevices } from "./local-devices.ts";

/** A browser with devices that come, go and refuse. */
class Devices extends EventTarget {
  readonly refuses = new Map<string, string>();
  readonly opened: MediaStreamTrack[] = [];
  asked = 0;

  getUserMedia = async ({ audio, video }: MediaStreamConstraints): Promise<MediaStream> => {
    this.asked += 1;
    const kinds = [...(video ? ["video"] : []), ...(audio ? ["audio"] : [])];
    for (const kind of kinds) {
      const name = this.refuses.get(kind);
      if (name !== undefined) throw Object.assign(new Error(name), { name });
    }
    const tracks = kinds.map((kind) => this.#track(kind));
    this.opened.push(...tracks);
    const of = (kind: string) => tracks.filter((track) => track.kind === kind);
    return {
      getTracks: () => tracks,
      getVideoTracks: () => of("video"),
      getAudioTracks: () => of("audio"),
    } as unknown as MediaStream;
  };

  enumerateDevices = async () =>
    [
      { kind: "videoinput", deviceId: "cam", label: "" },
      { kind: "audioinput", deviceId: "mic", label: "Desk microphone" },
      { kind: "audiooutput", deviceId: "", label: "" },
    ] as MediaDeviceInfo[];

  get media(): MediaDevices {
    return this as unknown as MediaDevices;
  }

  #track(kind: string): MediaStreamTrack {
    const track = Object.assign(new EventTarget(), {
      ...{ kind, enabled: true, readyState: "live" },
      getSettings: () => ({ deviceId: kind === "video" ? "cam" : "mic" }),
      stop: () => {
        track.readyState = "ended";
      },
    });
    return track as unknown as MediaStreamTrack;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("LocalDevices", () => {
  it("asks once for both, and names what there is", async () => {
    const browser = new Devices();
    const devices = new LocalDevices(browser.media, true);
    await devices.open();
    const { camera, microphone, speakers, asking } = devices.state.get();
    expect(browser.asked).toBe(1);
    expect(camera).toMatchObject({
      chosen: "cam",
      problem: null,
      choices: [{ id: "cam", label: "Camera 1" }],
    });
    expect(microphone.choices).toEqual([{ id: "mic", label: "Desk microphone" }]);
    expect(speakers).toEqual([]);
    expect(asking).toBe(false);
    devices.close();
    expect(browser.opened.map(({ readyState }) => readyState)).toEqual(["ended", "ended"]);
  });

  it("has a microphone where there is no camera, and says why", async () => {
    const browser = new Devices();
    browser.refuses.set("video", "NotFoundError");
    const devices = new LocalDevices(browser.media, true);
    await devices.open();
    expect(devices.state.get().camera).toMatchObject({ track: null, problem: "no_device" });
    expect(devices.state.get().microphone.track).not.toBeNull();
    browser.refuses.clear();
    browser.dispatchEvent(new Event("devicechange"));
    await settled();
    expect(devices.state.get().camera).toMatchObject({ problem: null });
    expect(devices.state.get().camera.track).not.toBeNull();
    devices.close();
  });

  it("lets go of a camera that is off, and only silences a microphone", async () => {
    const devices = new LocalDevices(new Devices().media, true);
    await devices.open();
    const { camera, microphone } = devices.state.get();
    await devices.turn("camera", false);
    await devices.turn("microphone", false);
    expect(camera.track?.readyState).toBe("ended");
    expect(devices.state.get().camera.track).toBeNull();
    expect(microphone.track).toMatchObject({ readyState: "live", enabled: false });
    await devices.turn("camera", true);
    expect(devices.state.get().camera.track).not.toBeNull();
    devices.close();
  });

  it("takes another device when one is unplugged", async () => {
    const browser = new Devices();
    const devices = new LocalDevices(browser.media, true);
    await devices.open();
    const before = devices.state.get().microphone.track;
    before?.dispatchEvent(new Event("ended"));
    expect(devices.state.get().microphone.problem).toBe("lost");
    await settled();
    expect(devices.state.get().microphone).toMatchObject({ problem: null });
    expect(devices.state.get().microphone.track).not.toBe(before);
    devices.close();
  });

  it("says that plain HTTP is the reason where the browser hides everything", async () => {
    for (const [isSecure, problem] of [
      [false, "insecure"],
      [true, "unsupported"],
    ] as const) {
      const devices = new LocalDevices(undefined, isSecure);
      await devices.open();
      expect(devices.state.get().camera.problem).toBe(problem);
      expect(devices.state.get().microphone.problem).toBe(problem);
      devices.close();
    }
  });
});

describe("deviceProblemOf", () => {
  it("knows what browsers say, and has words with a way out for each", () => {
    const names = [
      "NotAllowedError",
      "NotFoundError",
      "OverconstrainedError",
      "NotReadableError",
      "TypeError",
    ];
    expect(names.map((name) => deviceProblemOf({ name }))).toEqual([
      ...["denied", "no_device", "no_device", "busy", "unsupported"],
    ]);
    const all: DeviceProblem[] = ["insecure", "unsupported", "denied", "no_device", "busy", "lost"];
    for (const problem of all) expect(deviceWords("camera", problem).text).toMatch(/\w+.*[.)]$/);
  });
});

describe("levelOf", () => {
  it("is nothing for silence, all for full, and grows between", () => {
    const at = (amplitude: number) =>
      levelOf(Array.from({ length: 64 }, (_, i) => (i % 2 ? 1 : -1) * amplitude));
    expect(at(0)).toBe(0);
    expect(at(1)).toBe(1);
    expect(at(0.01)).toBeLessThan(at(0.1));
  });
});
