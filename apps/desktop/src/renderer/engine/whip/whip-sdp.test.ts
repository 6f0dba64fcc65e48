import { expect, it } from "vitest";
import { publishingCodecs, withBitrates } from "./whip-sdp.ts";

it("offers what every viewer decodes first", () => {
  const codec = (mimeType: string, sdpFmtpLine?: string) => ({ mimeType, sdpFmtpLine });
  const [vp8, high, old, baseline] = [
    codec("video/VP8"),
    codec("video/H264", "packetization-mode=1;profile-level-id=640028"),
    codec("video/H264", "packetization-mode=0;profile-level-id=42e01f"),
    codec("video/H264", "packetization-mode=1;profile-level-id=42e01f"),
  ];
  expect(publishingCodecs([vp8, high, old, baseline])).toEqual([baseline, high, old, vp8]);
});

it("writes the wanted rate into the picture's format alone", () => {
  const answer = [
    ...["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=fmtp:111 useinbandfec=1"],
    ...[
      "m=video 9 UDP/TLS/RTP/SAVPF 108 109",
      "a=rtpmap:108 H264/90000",
      "a=fmtp:108 packetization-mode=1",
      "",
    ],
  ].join("\r\n");
  expect(withBitrates(answer, 2_000_000)).toBe(
    answer.replace("mode=1", "mode=1;x-google-start-bitrate=1800;x-google-min-bitrate=500"),
  );
  const bare = answer.replace("a=fmtp:108 packetization-mode=1\r\n", "");
  expect(withBitrates(bare, 2_000_000)).toContain("a=fmtp:108 x-google-start-bitrate=1800");
  expect(withBitrates("v=0\r\n", 1)).toBe("v=0\r\n");
});
