/** What the player tells an origin or CDN that asked for it, with each part or segment (CTA-5004). */
export interface CmcdFacts {
  /** Of this viewing; random. */
  readonly sessionId: string;
  readonly kind: "video" | "audio" | "init";
  /** Of the rung, bits a second, and of the best one. */
  readonly bitrateBps: number;
  readonly topBps: number;
  readonly durationS: number;
  readonly bufferS: number;
  readonly throughputBps: number | null;
  /** There is nothing to play on with. */
  readonly starved: boolean;
}

export const CMCD_DATA_ID = "tv.footlight.cmcd";

/** `crypto.randomUUID` is for secure origins alone. */
export const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );

const OBJECTS = { video: "v", audio: "a", init: "i" } as const;
const hundreds = (value: number): number => Math.round(value / 100) * 100;

/** The value of the query's `CMCD`: keys by alphabet, truths without a value (CTA-5004 §3.2). */
export const cmcd = (facts: CmcdFacts): string => {
  const keys: [string, number | string | true | null][] = [
    ["bl", facts.kind === "init" ? null : hundreds(facts.bufferS * 1_000)],
    ["br", Math.round(facts.bitrateBps / 1_000) || null],
    ["bs", facts.starved || null],
    ["d", Math.round(facts.durationS * 1_000) || null],
    ["mtp", facts.throughputBps === null ? null : hundreds(facts.throughputBps / 1_000)],
    ["ot", OBJECTS[facts.kind]],
    ["sf", "h"],
    ["sid", `"${facts.sessionId}"`],
    ["st", "l"],
    ["su", facts.starved || null],
    ["tb", Math.round(facts.topBps / 1_000) || null],
  ];
  return keys
    .flatMap(([key, value]) => (value === null ? [] : [value === true ? key : `${key}=${value}`]))
    .join();
};

export const withCmcd = (url: string, facts: CmcdFacts): string =>
  `${url}${url.includes("?") ? "&" : "?"}CMCD=${encodeURIComponent(cmcd(facts))}`;
