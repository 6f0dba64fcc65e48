import { describe, expect, it } from "vitest";
import { defaultSettings } from "../system/preferences.ts";
import { encodePlan } from "./encode-plan.ts";

const settings = defaultSettings("/videos");
const with_ = (video: Partial<typeof settings.video>) => ({ video: { ...settings.video, ...video } });

describe("encodePlan", () => {
  it("takes hardware that a trial has shown to work, else the engine's own encoder", () => {
    const nvenc = [{ name: "libx264" as const }, { name: "h264_nvenc" as const }];
    expect(encodePlan(settings, nvenc).encoder).toBe("h264_nvenc");
    expect(encodePlan(settings, [{ name: "libx264" }]).encoder).toBe("webcodecs");
    expect(encodePlan(with_({ encoder: "libx264" }), []).encoder).toBe("libx264");
  });

  it("makes no B-frames where viewers see pictures as they come", () => {
    const wish = with_({ encoder: "libx264", bFrames: true });
    expect(encodePlan(wish, []).bFrames).toBe(true);
    expect(encodePlan(wish, [], { latencyMode: "ultra-low" }).bFrames).toBe(false);
    expect(encodePlan(with_({ bFrames: true }), []).bFrames).toBe(false);
  });

  it("names equal encodes alike and others otherwise", () => {
    expect(encodePlan(settings, []).id).toBe(encodePlan(settings, [], { latencyMode: "low" }).id);
    expect(encodePlan(settings, [], { bitrateBps: 1_000_000 }).id).not.toBe(encodePlan(settings, []).id);
  });
});
