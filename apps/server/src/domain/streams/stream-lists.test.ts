import type { StreamId } from "@footlight/shared";
import { describe, expect, it } from "vitest";
import { readCursor, writeCursor } from "./stream-lists.ts";

describe("cursors", () => {
  it("come back as they went out, in the same order only", () => {
    const position = { value: 1_790_000_000_123, streamId: "abc_DEF-123" as StreamId };
    const cursor = writeCursor("started_at", position);
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(readCursor("started_at", cursor)).toEqual(position);
    expect(readCursor("viewer_count", cursor)).toBeUndefined();
  });

  it.each([
    "",
    "x",
    "viewer_count 1 x",
    "viewer_count -1 abcdefgh",
    "viewer_count 1 abcdefgh; DROP",
    "viewer_count 4294967296 abcdefgh",
  ])("that were not made here mean the beginning: %j", (text) => {
    expect(readCursor("viewer_count", Buffer.from(text).toString("base64url"))).toBeUndefined();
  });
});
