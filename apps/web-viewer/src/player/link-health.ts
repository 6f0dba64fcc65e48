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
  /** In whole milliseconds, as Chromium tells it: 0 within one machine. */
  readonly rttMs: number | null;
  /** To ICE's own questions, which come each 2.5 s. */
  readonly answers: number;
  /** What comes of the source's layers and codecs. */
  readonly layer: Layer | null;
}

export interface Layer {
  readonly lines: number;
  readonly fps: number | null;
  readonly codec: string | null;
}

export interface LinkFigures {
  readonly rttMs: number | null;
  readonly layer: Layer | null;
  /** Share of packets that did not come, of the last seconds. */
  readonly loss: number | null;
  readonly jitterBufferMs: number | null;
  readonly bitrateBps: number | null;
}

/**
 * `idle`: nothing comes. `silent`: for too long, or the line is dead. `poor`: it comes, but is no pleasure to
 * look at.
 */
export type LinkVerdict = "fine" | "poor" | "idle" | "silent";

const WINDOW_MS = 5_000;
const IDLE_MS = 1_500;
const SILENT_MS = 3_000;
/** A line that answers but brings no media: the streamer is away, and may be back in a moment. */
const LONG_MS = 12_000;
/** Repairs (NACK) carry a lower loss. */
const POOR_LOSS = 0.2;
const POOR_FREEZE_S = 2;
const FRESH_FRAMES = 10;
/** Fewer say nothing. */
const LEAST_PACKETS = 50;

/** Judges a WebRTC link by its counters. Pure: driven by samples, about one a second. */
export class LinkHealth {
  private samples: LinkSample[] = [];
  private heardMs = 0;
  private answeredMs = 0;
  /** Frames there were when nothing came any more; null while media come. */
  private framesBefore: number | null = null;

  note(sample: LinkSample): LinkVerdict {
    const last = this.samples.at(-1);
    if (!last || sample.bytes > last.bytes) this.heardMs = sample.atMs;
    if (!last || sample.answers > last.answers) this.answeredMs = sample.atMs;
    this.samples = [...this.samples, sample].filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS);
    const silentMs = sample.atMs - this.heardMs;
    const isDead = silentMs >= SILENT_MS && sample.atMs - this.answeredMs >= SILENT_MS;
    if (isDead || silentMs >= LONG_MS) return "silent";
    if (silentMs >= IDLE_MS) {
      this.framesBefore ??= sample.framesDecoded;
      return "idle";
    }
    if (this.framesBefore !== null) {
      // A streamer's absence ends as one long freeze, with the first frames after it: no fault of the line.
      if (sample.framesDecoded < this.framesBefore + FRESH_FRAMES) return "fine";
      this.framesBefore = null;
      this.samples = [sample];
    }
    const { loss } = this.figures();
    const first = this.samples[0];
    const isLong = first !== undefined && sample.atMs - first.atMs >= WINDOW_MS - 1_500;
    const frozeS = first === undefined ? 0 : sample.freezeS - first.freezeS;
    return isLong && ((loss ?? 0) > POOR_LOSS || frozeS > POOR_FREEZE_S) ? "poor" : "fine";
  }

  figures(): LinkFigures {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || !last || first === last) {
      const { rttMs = null, layer = null } = last ?? {};
      return { rttMs, layer, loss: null, jitterBufferMs: null, bitrateBps: null };
    }
    const lost = Math.max(0, last.lost - first.lost);
    const expected = lost + last.packets - first.packets;
    const emitted = last.emitted - first.emitted;
    return {
      rttMs: last.rttMs,
      layer: last.layer,
      loss: expected >= LEAST_PACKETS ? lost / expected : null,
      jitterBufferMs: emitted > 0 ? ((last.jitterBufferS - first.jitterBufferS) / emitted) * 1_000 : null,
      bitrateBps: ((last.bytes - first.bytes) * 8_000) / (last.atMs - first.atMs),
    };
  }
}

type Stat = Readonly<Record<string, unknown>>;

const numberOf = (stat: Stat | undefined, name: string): number | null => {
  const value = stat?.[name];
  return typeof value === "number" ? value : null;
};

/** The pair in use: the transport names it; Firefox marks it instead. */
const pairOf = (stats: readonly Stat[]): Stat | undefined => {
  const transport = stats.find(({ type }) => type === "transport");
  const pairs = stats.filter(({ type }) => type === "candidate-pair");
  return (
    pairs.find(({ id }) => id === transport?.["selectedCandidatePairId"]) ??
    pairs.find(({ selected, nominated }) => selected ?? nominated)
  );
};

const layerOf = (stats: readonly Stat[], video: Stat): Layer | null => {
  const lines = numberOf(video, "frameHeight");
  if (lines === null) return null;
  const mimeType = stats.find(({ id }) => id === video["codecId"])?.["mimeType"];
  const codec = typeof mimeType === "string" ? mimeType.replace("video/", "") : null;
  return { lines, fps: numberOf(video, "framesPerSecond"), codec };
};

/** Of `RTCPeerConnection.getStats()` (webrtc-stats: inbound-rtp, transport, candidate-pair, codec). */
export const readSample = (report: Iterable<object>, atMs: number): LinkSample => {
  const stats = [...report].map((stat): Stat => ({ ...stat }));
  const inbound = stats.filter(({ type }) => type === "inbound-rtp");
  const video = inbound.find(({ kind }) => kind === "video");
  const count = (name: string) => numberOf(video, name) ?? 0;
  const pair = pairOf(stats);
  const rttS = numberOf(pair, "currentRoundTripTime");
  return {
    atMs,
    bytes: inbound.reduce((sum, stat) => sum + (numberOf(stat, "bytesReceived") ?? 0), 0),
    packets: count("packetsReceived"),
    lost: count("packetsLost"),
    framesDecoded: count("framesDecoded"),
    freezeS: count("totalFreezesDuration"),
    jitterBufferS: count("jitterBufferDelay"),
    emitted: count("jitterBufferEmittedCount"),
    rttMs: rttS === null ? null : rttS * 1_000,
    answers: numberOf(pair, "responsesReceived") ?? 0,
    layer: video ? layerOf(stats, video) : null,
  };
};
