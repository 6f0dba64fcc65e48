import { describe, expect, test } from "vitest";
import {
  asRoomTakes,
  asSource,
  H264,
  HOME_CODECS,
  OPUS,
  speaks,
  UNSEEN,
  withoutUnseen,
} from "./room-codecs.ts";

const h264 = (profile: string) => ({
  mimeType: "video/H264",
  clockRate: 90_000,
  payloadType: 96,
  parameters: { "profile-level-id": profile, "sprop-parameter-sets": "Z0I=,aM4=" },
});

describe("a room's codecs", () => {
  test("call every H.264 by one profile, and keep what else the publisher says", () => {
    expect(asRoomTakes([h264("42001f")])[0]?.parameters).toEqual({
      "packetization-mode": 1,
      "profile-level-id": "42e01f",
      "level-asymmetry-allowed": 1,
      "sprop-parameter-sets": "Z0I=,aM4=",
    });
  });

  test("name the true profile for the choice of a viewer's number; baseline counts as constrained", () => {
    const profileOf = (profile: string) =>
      (asSource("video", h264(profile)).codec.parameters as Record<string, unknown>)["profile-level-id"];
    expect(profileOf("640028")).toBe("640028");
    expect(profileOf("42c029")).toBe("42e029");
    expect(profileOf("42001f")).toBe("42e01f");
  });

  test("fit a viewer who offers the home router's numbers, and no other", () => {
    const home = { codecs: [...HOME_CODECS] };
    expect(speaks(home, [OPUS, H264])).toBe(true);
    expect(speaks(home, [{ ...OPUS, mimeType: "audio/OPUS" }])).toBe(true);
    expect(speaks(home, [OPUS, { ...H264, preferredPayloadType: 98 }])).toBe(false);
    expect(speaks(home, [{ ...H264, preferredPayloadType: OPUS.preferredPayloadType ?? 0 }])).toBe(false);
  });

  test("are told to a stage without the one that is of use in here alone, and what repairs it", () => {
    const rtx = (preferredPayloadType: number, apt = 0) => {
      const repair = { kind: "video", mimeType: "video/rtx", clockRate: 90_000 } as const;
      return { ...repair, preferredPayloadType, parameters: { apt } };
    };
    const [ofH264, ofUnseen] = [rtx(100, H264.preferredPayloadType), rtx(101, UNSEEN.preferredPayloadType)];
    const router = { codecs: [OPUS, H264, ofH264, UNSEEN, ofUnseen], headerExtensions: [] };
    expect(withoutUnseen(router)).toEqual({ codecs: [OPUS, H264, ofH264], headerExtensions: [] });
  });
});
