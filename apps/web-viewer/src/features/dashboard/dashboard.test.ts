import { readFileSync } from "node:fs";
import { type ChannelSettings, LIMITS, type StreamHealth } from "@footlight/shared";
import { describe, expect, it } from "vitest";
import { readChannelForm, readSettings } from "./channel-settings.ts";
import { ffmpegCommand } from "./encoder-words.ts";
import { codecName, healthFacts, verdictOf } from "./health.ts";
import { adviceFor } from "./words.ts";

const SETTINGS: ChannelSettings = {
  displayName: "Mira",
  bio: "",
  title: "Hello",
  category: "Games",
  tags: [],
  latencyMode: "low",
  recording: false,
  chat: true,
};
const form = (fields: Record<string, string>) => ({ get: (name: string) => fields[name] ?? null });

describe("channel settings", () => {
  it("reads a form over what it does not show", () => {
    const { settings } = readChannelForm(
      form({ title: " New ", category: "Music", tags: "jazz", latencyMode: "standard" }),
      SETTINGS,
    );
    expect(settings).toEqual({
      ...SETTINGS,
      title: "New",
      category: "Music",
      tags: ["jazz"],
      latencyMode: "standard",
    });
  });
  it("says which field is wrong", () => {
    const read = readSettings(SETTINGS, { title: "", tags: ["<b>"], bio: "x".repeat(LIMITS.bio + 1) });
    expect(read.settings).toBeNull();
    expect(Object.keys(read.errors).sort()).toEqual(["bio", "tags", "title"]);
  });
});

it("gives the same ffmpeg command as the README", () => {
  const readme = readFileSync(new URL("../../../../../README.md", import.meta.url), "utf8");
  expect(readme).toContain(ffmpegCommand("rtmp://HOST:1935/live", "STREAM_KEY"));
});

describe("health", () => {
  const health: StreamHealth = {
    protocol: "rtmp",
    encoder: null,
    videoCodec: "H.264",
    audioCodec: null,
    width: 640,
    height: 360,
    fps: 29.97,
    videoBitrateBps: 900_000,
    audioBitrateBps: 0,
    gopS: 2,
    gopMaxS: 8.3,
    missingFrames: 0,
    passthrough: false,
    renditions: [],
    transcodeSpeed: null,
    advice: [],
  };
  it("puts a word to what is wrong", () => {
    const bad = healthFacts(health).filter((fact) => !fact.good);
    expect(bad.map((fact) => fact.name)).toEqual(["Sound", "Keyframes every", "Top quality"]);
  });
  it("names codecs", () => {
    expect(codecName("avc1.42c01e")).toBe("H.264");
    expect(codecName("mp4a.40.2")).toBe("AAC");
    expect(codecName("H.264 High")).toBe("H.264 High");
  });
  it("does not tell somebody whose picture is untouched to send keyframes", () => {
    expect(adviceFor("rung_dropped", { passthrough: false }).remedy).toContain("keyframe");
    expect(adviceFor("rung_dropped", { passthrough: true }).remedy).not.toContain("keyframe");
  });
  it("sums up", () => {
    expect(verdictOf(health)).toEqual({ good: true, words: "All well" });
    expect(verdictOf({ ...health, advice: ["no_audio"] }).words).toBe("One thing to mend");
  });
});
