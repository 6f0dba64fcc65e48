import { expect, test } from "vitest";
import { defaultDocument } from "../../model/default-document.ts";
import { writeDocument } from "../../model/read-document.ts";
import { importFile, withProfile, withRecording } from "./import-file.ts";

const capturable = { displayId: null, microphoneId: null };
const document = defaultDocument(capturable);
const read = (text: string) => importFile(text, document.canvas, capturable);

test("tells the files apart that can be imported", () => {
  expect(read(writeDocument(document))).toMatchObject({
    result: "collection",
    document: { name: "My scenes" },
  });
  const obs = { name: "Theirs", sources: [{ id: "scene", name: "One", settings: { items: [] } }] };
  expect(read(JSON.stringify(obs))).toMatchObject({ result: "collection", document: { name: "Theirs" } });
  expect(read("[Video]\nBaseCX=1920\nBaseCY=1080\n")).toMatchObject({ result: "profile" });
});

test("says why a file cannot be", () => {
  expect(read(JSON.stringify({ ...document, version: 99 }))).toEqual({
    result: "unreadable",
    cause: "future",
  });
  expect(read(JSON.stringify({ ...document, scenes: 1 }))).toEqual({ result: "unreadable", cause: "broken" });
  expect(read("\u0000\u0001")).toEqual({ result: "unreadable", cause: "unknown" });
});

test("a profile changes what it says and nothing else", () => {
  const video = {
    width: 1280,
    height: 720,
    fps: 30,
    bitrateBps: 3_000_000,
    keyframeIntervalMs: 2000,
    encoder: "auto" as const,
    effort: "balanced" as const,
    bFrames: false,
  };
  const profile = {
    canvas: { width: 1920, height: 1080 },
    output: null,
    fps: 60,
    bitrateBps: null,
    audioBitrateBps: null,
    recording: { folder: null, container: null },
    replayS: null,
    hotkeys: {},
    unmatched: [],
    service: null,
  };
  expect(withProfile(video, profile)).toEqual({ ...video, width: 1920, height: 1080, fps: 60 });
});

test("a profile says where recordings go, if there is such a place", () => {
  const ours = { folder: "/ours", container: "mp4", bitrateBps: 1, tracks: [1], replayS: 30 } as const;
  const read = importFile(
    "[Output]\nMode=Simple\n[SimpleOutput]\nFilePath=/theirs\nRecFormat2=mkv\nRecRBTime=2\n",
    ...([document.canvas, capturable] as const),
  );
  if (read.result !== "profile") throw new Error("no profile");
  const mine = { ...ours, tracks: [1] };
  expect(withRecording(mine, read.profile, () => true)).toMatchObject({
    ...{ folder: "/theirs", container: "mkv", replayS: 5 },
  });
  expect(withRecording(mine, read.profile, () => false).folder).toBe("/ours");
});
