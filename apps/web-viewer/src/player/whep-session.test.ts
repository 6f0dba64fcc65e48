import { describe, expect, it } from "vitest";
import { failureOf, retryAfterMs, withStereo } from "./whep-session.ts";

const OFFER = [
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10;useinbandfec=1",
  "a=rtpmap:63 red/48000/2",
  "a=fmtp:63 111/111",
  "",
].join("\r\n");

describe("withStereo", () => {
  it("asks for stereo in Opus's own line, once", () => {
    const sdp = withStereo(OFFER);
    expect(sdp).toContain("a=fmtp:111 minptime=10;useinbandfec=1;stereo=1\r\n");
    expect(sdp).toContain("a=fmtp:63 111/111\r\n");
    expect(withStereo(sdp)).toBe(sdp);
  });

  it("leaves an offer without Opus as it is", () => {
    expect(withStereo("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n")).toBe("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n");
  });
});

describe("failureOf", () => {
  it("knows a full server from one without a source and from one that is gone, whoever wrote it", () => {
    expect(failureOf(503, '{"code":"rtc_full"}')).toBe("full");
    expect(failureOf(429, "")).toBe("full");
    expect(failureOf(503, '{"code":"rtc_unavailable"}')).toBe("missing");
    expect(failureOf(503, "<html>")).toBe("network");
    expect(failureOf(502, "null")).toBe("network");
    expect(failureOf(404, "{}")).toBe("missing");
  });
});

describe("retryAfterMs", () => {
  it("knows seconds and dates, and takes the rest for nothing", () => {
    expect(retryAfterMs("5", 0)).toBe(5_000);
    expect(retryAfterMs("Thu, 01 Jan 1970 00:00:09 GMT", 2_000)).toBe(7_000);
    expect(retryAfterMs("Thu, 01 Jan 1970 00:00:01 GMT", 2_000)).toBe(0);
    expect(retryAfterMs("soon", 0)).toBe(0);
    expect(retryAfterMs(null, 0)).toBe(0);
  });
});
