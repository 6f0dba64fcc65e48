/** Pictures between the track and the wire that are neither sent nor lost yet. */
const IN_FLIGHT = 5;

/** As far as read here, of `RTCPeerConnection.getStats()`. */
export interface WhipReport {
  readonly type: string;
  readonly kind?: string;
  readonly bytesSent?: number;
  readonly framesSent?: number;
  readonly packetsSent?: number;
  readonly packetsLost?: number;
  readonly totalPacketSendDelay?: number;
  readonly nominated?: boolean;
  readonly currentRoundTripTime?: number;
}

interface Counters {
  readonly bytes: number;
  readonly frames: number;
  readonly lost: number;
  readonly packets: number;
  /** Seconds, of all packets together, that they waited for the line. */
  readonly delayS: number;
}
const NOTHING: Counters = { bytes: 0, frames: 0, lost: 0, packets: 0, delayS: 0 };

/** What was sent over all connections of one publication, each of which counts from nothing. */
export class WhipTally {
  #before = NOTHING;
  #now = NOTHING;
  #rttMs: number | null = null;
  #dropped = 0;
  #read: { readonly atMs: number; readonly total: Counters };

  constructor(nowMs: number) {
    this.#read = { atMs: nowMs, total: NOTHING };
  }

  /** A connection's report. */
  take(reports: Iterable<WhipReport>): void {
    let [bytes, frames, lost, packets, delayS] = [0, 0, 0, 0, 0];
    for (const report of reports) {
      if (report.type === "outbound-rtp") {
        bytes += report.bytesSent ?? 0;
        if (report.kind === "video") {
          frames = report.framesSent ?? 0;
          packets = report.packetsSent ?? 0;
          delayS = report.totalPacketSendDelay ?? 0;
        }
      }
      if (report.type === "remote-inbound-rtp") lost += report.packetsLost ?? 0;
      if (report.type === "candidate-pair" && report.nominated && report.currentRoundTripTime !== undefined)
        this.#rttMs = report.currentRoundTripTime * 1_000;
    }
    this.#now = { bytes, frames, lost, packets, delayS };
  }

  /** The connection is over. */
  retire(): void {
    this.#before = sum(this.#before, this.#now);
    this.#now = NOTHING;
    this.#rttMs = null;
  }

  /** Once a second. @param offered pictures that were to be sent since it first was live */
  figures(nowMs: number, offered: number) {
    const total = sum(this.#before, this.#now);
    const last = this.#read;
    this.#read = { atMs: nowMs, total };
    const packets = total.packets - last.total.packets;
    this.#dropped = Math.max(this.#dropped, offered - total.frames - IN_FLIGHT);
    return {
      bitrateBps: nowMs > last.atMs ? ((total.bytes - last.total.bytes) * 8_000) / (nowMs - last.atMs) : 0,
      sentBytes: total.bytes,
      frames: total.frames,
      dropped: this.#dropped,
      lost: total.lost,
      queuedMs: packets > 0 ? ((total.delayS - last.total.delayS) * 1_000) / packets : 0,
      rttMs: this.#rttMs,
    };
  }
}

const sum = (a: Counters, b: Counters): Counters => ({
  bytes: a.bytes + b.bytes,
  frames: a.frames + b.frames,
  lost: a.lost + b.lost,
  packets: a.packets + b.packets,
  delayS: a.delayS + b.delayS,
});
