import { expect, test } from "vitest";
import { defaultDocument } from "../../model/default-document.ts";
import { writeDocument } from "../../model/read-document.ts";
import { importFile, withProfile } from "./import-file.ts";

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
  };
  expect(withProfile(video, profile)).toEqual({ ...video, width: 1920, height: 1080, fps: 60 });
});
