import { describe, expect, it } from "vitest";
import { writeWebVtt } from "./webvtt.ts";

describe("writeWebVtt", () => {
  it("writes a header alone where there is nothing", () => {
    expect(writeWebVtt([])).toBe("WEBVTT\n");
  });

  it("writes each cue as a block of its own, to the millisecond", () => {
    const text = writeWebVtt([
      { startS: 0, endS: 9.9996, text: "a.jpg#xywh=0,0,160,90" },
      { startS: 3_599.5, endS: 360_000, text: "b.jpg" },
    ]);
    expect(text).toBe(
      [
        "WEBVTT\n",
        "00:00:00.000 --> 00:00:10.000\na.jpg#xywh=0,0,160,90\n",
        "00:59:59.500 --> 100:00:00.000\nb.jpg\n",
      ].join("\n"),
    );
  });
});
