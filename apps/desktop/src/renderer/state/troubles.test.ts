import { describe, expect, it } from "vitest";
import type { EngineSnapshot, TargetSnapshot } from "../../contract/studio-topics.ts";
import { defaultSettings } from "../../main/system/preferences.ts";
import { defaultDocument } from "../../model/default-document.ts";
import { soundSchema } from "../../model/document.ts";
import { type TroubleFacts, troublesOf } from "./troubles.ts";

const video = defaultSettings("/videos").video;
const engine: EngineSnapshot = {
  ...{ engine: "ready", encoder: "ready", hopelessEncoder: null, soundWorks: true, compositor: "canvas2d" },
  ...{ fps: 30, renderMs: 2, rendered: 300, stands: false, droppedRender: 0, droppedEncode: 0 },
  ...{ cpuPercent: 50, memoryBytes: 5e8, diskFreeBytes: 1e11 },
};
const target = (state: TargetSnapshot["state"], enabled = true): TargetSnapshot => ({
  ...{ id: "a", name: "Mine", kind: "rtmp", enabled, url: "rtmp://a/live", hasKey: true },
  ...{ state, figures: null, backfill: null },
});
const well: TroubleFacts = {
  ...{ engine, targets: [target({ state: "live", sinceMs: 0, degraded: false })], recording: null },
  ...{ document: null, sources: {} },
  ...{ advice: [], video, dropped: { render: 0, encode: 0, network: 0 } },
  ...{ keyframeIntervalMs: 2_000, onAir: true, nowMs: 10_000 },
};
const troubles = (facts: Partial<TroubleFacts>) => troublesOf({ ...well, ...facts });

describe("troubles", () => {
  it("are none when all is well, and none of targets that are not on air", () => {
    expect(troubles({})).toEqual([]);
    const lost = target({ state: "failed", cause: "unreachable" });
    expect(troubles({ targets: [lost], onAir: false })).toEqual([]);
    expect(troubles({ targets: [target({ state: "failed", cause: "x" }, false)] })).toEqual([]);
  });

  it("say that no picture is made, on air only", () => {
    const standing = { ...engine, stands: true };
    expect(troubles({ engine: standing })).toMatchObject([{ tone: "bad", words: "No picture is made" }]);
    expect(troubles({ engine: standing, onAir: false })).toEqual([]);
  });

  it("tell when a target is tried again, and why it was lost", () => {
    const lost = target({ state: "reconnecting", attempt: 2, retryAtMs: 12_400, cause: "connection_lost" });
    const [one] = troubles({ targets: [lost] });
    expect(one).toMatchObject({ tone: "warn", words: "Mine: reconnecting in 3 s, try 2" });
    expect(one?.remedy).toContain("the connection broke");
    expect(one?.button).toBeUndefined();
  });

  it("stay while the next try is under way", () => {
    expect(troubles({ targets: [target({ state: "connecting", attempt: 1 })] })).toEqual([]);
    expect(troubles({ targets: [target({ state: "connecting", attempt: 2 })] })).toMatchObject([
      { tone: "warn", words: "Mine: connecting, try 2" },
    ]);
  });

  it("let what was refused be tried again, with the server's own words", () => {
    const refused = target({ state: "refused", code: "rejected", description: "server is full" });
    expect(troubles({ targets: [refused] })).toMatchObject([
      { remedy: "It says: server is full", button: { act: "restart-target", id: "a" } },
    ]);
  });

  it("set 2 s between keyframes with one click, and blame the machine when it is 2 s already", () => {
    const slow = { advice: ["irregular_keyframes" as const], keyframeIntervalMs: 4_000 };
    expect(troubles({ ...slow, video: { ...video, keyframeIntervalMs: 4_000 } })).toMatchObject([
      {
        words: "Your keyframes are 4 s apart",
        button: { act: "video", change: { keyframeIntervalMs: 2_000 } },
      },
    ]);
    const [mended] = troubles(slow);
    expect(mended).toMatchObject({ words: "Your keyframes are 4 s apart" });
    expect(mended?.button).toBeUndefined();
    expect(troubles({ advice: ["irregular_keyframes"] })).toMatchObject([{ words: "Keyframes come late" }]);
  });

  it("put what is lost before what is slow", () => {
    const facts = {
      dropped: { render: 0, encode: 4, network: 2 },
      engine: { ...engine, encoder: "failed" as const },
    };
    expect(troubles(facts).map(({ id }) => id)).toEqual(["encoder", "encode", "network"]);
    const light = { ...facts, video: { ...video, effort: "light" as const } };
    expect(troubles(light)[1]?.button).toMatchObject({ act: "open-settings" });
  });

  it("name what viewers should see or hear and do not, on air alone", () => {
    const sound = soundSchema.parse({});
    const base = defaultDocument({ displayId: "1", microphoneId: "default" });
    const { microphone } = base.sources;
    if (!microphone) throw new Error("no microphone");
    const sources = {
      display: { state: "failed", code: "not_found" },
      microphone: { state: "failed", code: "unplugged" },
    } as const;
    const on = (muted: boolean, visible: boolean) => {
      const scenes = base.scenes.map((scene) => ({
        ...scene,
        items: scene.items.map((item) => ({ ...item, visible })),
      }));
      return {
        ...{ ...base, scenes },
        sources: { ...base.sources, microphone: { ...microphone, sound: { ...sound, muted } } },
      };
    };
    const words = (facts: Partial<TroubleFacts>) => troubles({ sources, ...facts }).map((one) => one.words);
    expect(words({ document: on(false, true) })).toEqual(["“Microphone” was unplugged", "“Display” is gone"]);
    expect(words({ document: on(true, false) })).toEqual([]);
    expect(words({ document: on(false, true), onAir: false })).toEqual([]);
  });

  it("tell of a broadcast without sound", () => {
    expect(troubles({ engine: { ...engine, soundWorks: false } })).toMatchObject([
      { tone: "bad", words: "No sound goes out" },
    ]);
  });

  it("foresee a full disk", () => {
    const recording = {
      ...{ state: "recording" as const, path: "/a.mp4", bytes: 1, durationMs: 1, fault: null, remux: null },
      ...{ diskLow: true, leftMs: 240_000 },
    };
    expect(troubles({ recording })).toMatchObject([{ words: "The disk is full in 4 min" }]);
  });
});
