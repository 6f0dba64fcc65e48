/** What a peer connection's statistics say at one moment; counters since it began. */
export interface LinkSample {
  readonly atMs: number;
  readonly bytes: number;
  readonly packets: number;
  readonly lost: number;
  readonly framesDecoded: number;
  readonly freezeS: number;
  /** Time that frames waited in the jitter buffer, and how many did. */
  readonly jitterBufferS: number;
  readonly emitted: number;
  readonly rttMs: number | null;
}

export interface LinkFigures {
  readonly rttMs: number | null;
  /** Share of packets that did not come, of the last seconds. */
  readonly loss: number | null;
  readonly jitterBufferMs: number | null;
  readonly bitrateBps: number | null;
}

/** `silent`: nothing comes any more. `poor`: it comes, but is no pleasure to look at. */
export type LinkVerdict = "fine" | "poor" | "silent";

const WINDOW_MS = 5_000;
const SILENT_MS = 3_000;
/** Repairs (NACK) carry a lower loss. */
const POOR_LOSS = 0.2;
const POOR_FREEZE_S = 2;
/** Fewer say nothing. */
const LEAST_PACKETS = 50;

/** Judges a WebRTC link by its counters. Pure: driven by samples, about one a second. */
export class LinkHealth {
  private samples: LinkSample[] = [];
  private heardMs = 0;

  note(sample: LinkSample): LinkVerdict {
    const last = this.samples.at(-1);
    if (!last || sample.bytes > last.bytes) this.heardMs = sample.atMs;
    this.samples = [...this.samples, sample].filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS);
    if (sample.atMs - this.heardMs >= SILENT_MS) return "silent";
    const { loss } = this.figures();
    const first = this.samples[0];
    const isLong = first !== undefined && sample.atMs - first.atMs >= WINDOW_MS - 1_500;
    const frozeS = first === undefined ? 0 : sample.freezeS - first.freezeS;
    return isLong && ((loss ?? 0) > POOR_LOSS || frozeS > POOR_FREEZE_S) ? "poor" : "fine";
  }

  figures(): LinkFigures {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || !last || first === last) {
      return { rttMs: last?.rttMs ?? null, loss: null, jitterBufferMs: null, bitrateBps: null };
    }
    const lost = Math.max(0, last.lost - first.lost);
    const expected = lost + last.packets - first.packets;
    const emitted = last.emitted - first.emitted;
    return {
      rttMs: last.rttMs,
      loss: expected >= LEAST_PACKETS ? lost / expected : null,
      jitterBufferMs: emitted > 0 ? ((last.jitterBufferS - first.jitterBufferS) / emitted) * 1_000 : null,
      bitrateBps: ((last.bytes - first.bytes) * 8_000) / (last.atMs - first.atMs),
    };
  }
}

const numberOf = (stat: object, name: string): number => {
  const value: unknown = Reflect.get(stat, name);
  return typeof value === "number" ? value : 0;
};

/** Of `RTCPeerConnection.getStats()` (webrtc-stats: inbound-rtp, candidate-pair). */
export const readSample = (report: Iterable<object>, atMs: number): LinkSample => {
  let sample: LinkSample = {
    ...{ atMs, bytes: 0, packets: 0, lost: 0, framesDecoded: 0 },
    ...{ freezeS: 0, jitterBufferS: 0, emitted: 0, rttMs: null },
  };
  for (const stat of report) {
    const type: unknown = Reflect.get(stat, "type");
    if (type === "candidate-pair" && Reflect.get(stat, "nominated") === true) {
      const rttS = numberOf(stat, "currentRoundTripTime");
      if (rttS > 0) sample = { ...sample, rttMs: rttS * 1_000 };
    }
    if (type !== "inbound-rtp") continue;
    sample = { ...sample, bytes: sample.bytes + numberOf(stat, "bytesReceived") };
    if (Reflect.get(stat, "kind") !== "video") continue;
    sample = {
      ...sample,
      packets: numberOf(stat, "packetsReceived"),
      lost: numberOf(stat, "packetsLost"),
      framesDecoded: numberOf(stat, "framesDecoded"),
      freezeS: numberOf(stat, "totalFreezesDuration"),
      jitterBufferS: numberOf(stat, "jitterBufferDelay"),
      emitted: numberOf(stat, "jitterBufferEmittedCount"),
    };
  }
  return sample;
};
