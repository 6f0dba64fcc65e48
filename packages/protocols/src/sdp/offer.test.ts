import { describe, expect, it } from "vitest";
import { recordedOffer } from "../../testing/recorded-offers.ts";
import { parseOffer } from "./offer.ts";
import { SdpError } from "./sdp-error.ts";

const OBS = recordedOffer("obs-publisher");

function refusal(text: string): string {
  try {
    parseOffer(text);
  } catch (error) {
    expect(error).toBeInstanceOf(SdpError);
    return `${(error as SdpError).code}: ${(error as SdpError).message}`;
  }
  return "taken";
}

const without = (line: RegExp) => OBS.replace(new RegExp(`^${line.source}.*\\r\\n`, "gm"), "");

describe("parseOffer", () => {
  it("reads what a transport needs", () => {
    const offer = parseOffer(OBS);
    expect(offer.ice).toEqual({ ufrag: "jBua", password: "E9wmkHyiV4hvCR8yqPMGdl" });
    expect(offer.dtls).toEqual({
      role: "client",
      fingerprints: [
        { algorithm: "sha-256", value: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/) },
      ],
    });
    expect(offer.sections.map(({ kind, mid, direction, usable }) => [kind, mid, direction, usable])).toEqual([
      ["audio", "0", "sendonly", true],
      ["video", "1", "sendonly", true],
    ]);
  });

  it("takes the credentials of the section that stands for the bundle", () => {
    // aiortc names other ones for each section, and uses the first.
    expect(parseOffer(recordedOffer("aiortc-publisher")).ice.ufrag).toBe("c3qs");
  });

  it("takes a disabled port for what it is, and not where the section is bundled only", () => {
    expect(parseOffer(OBS.replace("m=video 9", "m=video 0")).sections[1]?.usable).toBe(false);
    expect(parseOffer(recordedOffer("gstreamer-publisher")).sections[1]?.usable).toBe(true);
  });

  it("is the DTLS client of who wants to be the server", () => {
    expect(parseOffer(OBS.replaceAll("setup:actpass", "setup:active")).dtls.role).toBe("client");
    expect(parseOffer(OBS.replaceAll("setup:actpass", "setup:passive")).dtls.role).toBe("server");
  });

  it("keeps a profile of digits as text", () => {
    const offer = parseOffer(OBS.replace("profile-level-id=42e01f", "profile-level-id=420010"));
    expect(offer.sections[1]?.formats[0]?.parameters["profile-level-id"]).toBe("420010");
  });

  it("applies feedback of all formats to each", () => {
    const offer = parseOffer(OBS.replace("rtcp-fb:96 nack pli", "rtcp-fb:* ccm fir"));
    expect(offer.sections[1]?.formats[0]?.feedback).toContainEqual({ type: "ccm", parameter: "fir" });
  });

  it("does not let a name of ours be overwritten", () => {
    const offer = parseOffer(OBS.replace("minptime=10", "__proto__=1;constructor=2"));
    const parameters = offer.sections[0]?.formats[0]?.parameters;
    expect(Object.getPrototypeOf(parameters)).toBe(Object.prototype);
  });

  it.each([
    ["nothing", "", "bad_sdp: does not begin with v=0"],
    ["JSON", '{"sdp":"v=0"}', "bad_sdp: a line is not SDP"],
    ["no media", "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\n", "bad_sdp: has no m-section"],
    ["17 sections", OBS + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n".repeat(15), /^bad_sdp: has more than 16/],
    ["65 KiB", OBS + "a=x\r\n".repeat(13_000), "bad_sdp: longer than 64 KiB"],
    ["a long line", `${OBS}a=${"x".repeat(5_000)}\r\n`, "bad_sdp: a line is too long"],
    ["no ICE", without(/a=ice-ufrag/), "bad_sdp: has no ICE credentials"],
    ["a short password", OBS.replaceAll("E9wmkHyiV4hvCR8yqPMGdl", "short"), /^bad_sdp: has malformed ICE/],
    ["no fingerprint", without(/a=fingerprint/), "bad_sdp: has no DTLS fingerprint"],
    ["a short fingerprint", OBS.replace("4C:43:", ""), "bad_sdp: has a malformed DTLS fingerprint"],
    ["an MD5 fingerprint", OBS.replace("sha-256", "md5"), "unsupported_sdp: DTLS fingerprints by md5"],
    ["an odd set-up", OBS.replaceAll("actpass", "holdconn"), "bad_sdp: has an unknown DTLS set-up"],
    ["equal mids", OBS.replace("a=mid:1", "a=mid:0"), "bad_sdp: two m-sections have the same mid"],
    ["payload type 200", OBS.replace("SAVPF 96", "SAVPF 200"), "bad_sdp: has a payload type past 127"],
    ["SSRC 2^32", OBS.replaceAll("1836391041", "4294967296"), "bad_sdp: has a malformed SSRC"],
    ["extension 15", `${OBS}a=extmap:15 urn:x\r\n`, "bad_sdp: has a malformed extmap"],
    ["two extensions 1", `${OBS}a=extmap:1 urn:x\r\na=extmap:1 urn:y\r\n`, /^bad_sdp: has two header/],
    [
      "nine layers",
      `${OBS}a=simulcast:send ${[..."abcdefghi"].join(";")}\r\n`,
      "bad_sdp: has more than 8 simulcast layers",
    ],
  ])("refuses %s", (_what, text, expected) => {
    if (typeof expected === "string") expect(refusal(text)).toBe(expected);
    else expect(refusal(text)).toMatch(expected);
  });
});
