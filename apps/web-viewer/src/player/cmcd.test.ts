import { describe, expect, it } from "vitest";
import { type CmcdFacts, cmcd, withCmcd } from "./cmcd.ts";

const FACTS: CmcdFacts = {
  sessionId: "0b5c",
  kind: "video",
  bitrateBps: 3_000_400,
  topBps: 6_000_000,
  durationS: 0.2,
  bufferS: 0.537,
  throughputBps: 25_432_000,
  starved: false,
};

describe("CMCD", () => {
  it("is keys by alphabet, rounded as CTA-5004 says", () => {
    expect(cmcd(FACTS)).toBe('bl=500,br=3000,d=200,mtp=25400,ot=v,sf=h,sid="0b5c",st=l,tb=6000');
  });
  it("leaves out what is not known, and has truths without a value", () => {
    const init = { ...FACTS, kind: "init", durationS: 0, throughputBps: null, starved: true } as const;
    expect(cmcd(init)).toBe('br=3000,bs,ot=i,sf=h,sid="0b5c",st=l,su,tb=6000');
  });
  it("is one more field of the query", () => {
    expect(new URL(withCmcd("http://cdn/a.m4s?x=1", FACTS)).searchParams.get("CMCD")).toBe(cmcd(FACTS));
    expect(withCmcd("/a.m4s", FACTS)).toMatch(/^\/a\.m4s\?CMCD=bl%3D500%2C/);
  });
});
