import { describe, expect, it } from "vitest";
import {
  countOf,
  formatAgo,
  formatBitrate,
  formatCount,
  formatDelay,
  formatUptime,
  spokenUptime,
} from "./format.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");

describe("format", () => {
  it("counts", () => {
    expect(formatCount(1284)).toBe("1.3K");
    expect(formatCount(-1)).toBe("0");
    expect(countOf(1, "viewer")).toBe("1 viewer");
    expect(countOf(0, "viewer")).toBe("0 viewers");
  });
  it("tells how long", () => {
    expect(formatUptime("2026-11-21T11:09:00Z", NOW)).toBe("51:00");
    expect(formatUptime("2026-11-21T08:37:00Z", NOW)).toBe("3:23:00");
    expect(formatUptime("2026-11-21T12:00:05Z", NOW)).toBe("00:00");
    expect(formatUptime(null, NOW)).toBe("");
    expect(formatUptime("nonsense", NOW)).toBe("");
    expect(spokenUptime("2026-11-21T08:37:00Z", NOW)).toBe("3 hours 23 minutes");
  });
  it("tells bitrates", () => {
    expect(formatBitrate(690_000)).toBe("690 kbps");
    expect(formatBitrate(6_120_000)).toBe("6.1 Mbps");
    expect(formatBitrate(48_000_000)).toBe("48 Mbps");
  });
  it("tells delays", () => {
    expect([null, 0, 74.4, 999, 1_006, 12_300].map(formatDelay)).toEqual([
      "–",
      "0 ms",
      "74 ms",
      "999 ms",
      "1.01 s",
      "12 s",
    ]);
  });
  it("tells how long ago", () => {
    expect(formatAgo("2026-11-21T11:59:40Z", NOW)).toBe("20 seconds ago");
    expect(formatAgo("2026-11-19T12:00:00Z", NOW)).toBe("2 days ago");
  });
});
