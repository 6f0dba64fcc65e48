import { expect, it } from "vitest";
import { type OfferName, recordedOffer } from "../../testing/recorded-offers.ts";
import { writeAnswer } from "./answer.ts";
import { parseFragment } from "./fragment.ts";
import { parseOffer } from "./offer.ts";
import { publisherTerms } from "./publisher.ts";
import { SdpError } from "./sdp-error.ts";
import { viewerTerms } from "./viewer.ts";

const OFFERS: OfferName[] = ["chromium-simulcast", "firefox-publisher", "gstreamer-viewer", "obs-simulcast"];
const SOURCES = [
  { kind: "audio", codec: { mimeType: "audio/opus", clockRate: 48_000, channels: 2, parameters: {} } },
  { kind: "video", codec: { mimeType: "video/H264", clockRate: 90_000, parameters: {} } },
] as const;
const LOCAL = {
  ice: { usernameFragment: "ours", password: "p".repeat(22) },
  candidates: [],
  fingerprints: [],
};

/** All that is done with a client's text. Rejects nothing but by `SdpError`; true where an answer came. */
function survives(text: string): boolean {
  let answered = false;
  const uses: (() => void)[] = [
    () => parseFragment(text),
    () => {
      const offer = parseOffer(text);
      writeAnswer(offer, "recvonly", publisherTerms(offer).media, LOCAL);
      answered = true;
    },
    () => viewerTerms(parseOffer(text), SOURCES),
  ];
  for (const use of uses) {
    try {
      use();
    } catch (error) {
      if (!(error instanceof SdpError)) throw error;
    }
  }
  return answered;
}

it("says nothing but its own error of offers with wrong bytes in them, or cut off", () => {
  const random = seeded(7);
  let answered = 0;
  for (const name of OFFERS) {
    const offer = recordedOffer(name);
    for (let round = 0; round < 300; round += 1) {
      const bytes = Buffer.from(offer);
      for (let flips = 0; flips < 1 + round / 40; flips += 1) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      const length = round % 2 === 0 ? bytes.length : Math.ceil(random() * bytes.length);
      if (survives(bytes.subarray(0, length).toString("latin1"))) answered += 1;
    }
  }
  // Else nothing past the first check would have been tried.
  expect(answered).toBeGreaterThan(50);
});

it("survives lines in a wrong order, left out and twice", () => {
  const random = seeded(11);
  for (const name of OFFERS) {
    const lines = recordedOffer(name).split("\r\n");
    for (let round = 0; round < 200; round += 1) {
      const mixed = lines.flatMap((line) => {
        const chance = random();
        if (chance < 0.03) return [];
        if (chance < 0.06) return [line, lines[Math.floor(random() * lines.length)] ?? ""];
        return [line];
      });
      survives(mixed.join("\r\n"));
    }
  }
});

it("survives 64 KiB of garbage, and lines made to be slow", () => {
  const random = seeded(13);
  const garbage = (from: number, to: number) =>
    Array.from({ length: 60_000 }, () => String.fromCharCode(from + random() * (to - from))).join("");
  for (let round = 0; round < 10; round += 1) {
    expect(survives(garbage(0, 256))).toBe(false);
    survives(`v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n${garbage(32, 127).replace(/.{60}/g, "a=$&\r\n")}`);
  }
  const obs = recordedOffer("obs-publisher");
  for (const line of [
    "a=simulcast: ",
    "a=imageattr:1 send [",
    "a=rid:1 send ",
    "a=candidate:1 ",
    "a=fmtp:96 ",
  ]) {
    survives(obs + `${line}${" \t[x]".repeat(400)}${"~1;".repeat(500)}\r\n`.repeat(15));
  }
});

/** Mulberry32: the same numbers in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
