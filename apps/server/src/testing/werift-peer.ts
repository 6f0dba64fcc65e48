import { createSocket } from "node:dgram";
import { RTCPeerConnection, RTCRtpCodecParameters, type RTCRtpSender, RtpHeader, RtpPacket } from "werift";

/** A WebRTC stack that is neither ours nor Chromium's, as WHIP publisher and WHEP viewer. */
export interface WeriftOptions {
  /** What it offers; others than Chromium's show that a viewer's own numbers are met. */
  readonly videoPayloadType?: number;
  readonly audioPayloadType?: number;
  readonly videoCodec?: "H264" | "VP8";
  /** Of what comes in. Nothing is asked for again then. */
  readonly lossPercent?: number;
}

const H264_FMTP = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
const WAIT_MS = 10_000;

/**
 * werift asks a public STUN server where none is named, and waits 5 s for it where there is no way out: this
 * one says at once that it cannot help (RFC 8489 §6.3.4).
 */
function unhelpfulStunServer(): Promise<number> {
  const socket = createSocket("udp4");
  socket.on("message", (request, { address, port }) => {
    const reply = Buffer.from(request.subarray(0, 20));
    reply.writeUInt16BE(0x0111, 0);
    reply.writeUInt16BE(0, 2);
    socket.send(reply, port, address);
  });
  return new Promise((resolve) => {
    socket.bind(0, "127.0.0.1", () => {
      socket.unref();
      resolve(socket.address().port);
    });
  });
}
const STUN_PORT = await unhelpfulStunServer();

function connection(options: WeriftOptions): RTCPeerConnection {
  const { videoPayloadType = 98, audioPayloadType = 97, videoCodec = "H264", lossPercent = 0 } = options;
  return new RTCPeerConnection({
    iceServers: [{ urls: `stun:127.0.0.1:${STUN_PORT}` }],
    iceUseIpv6: false,
    iceAdditionalHostAddresses: ["127.0.0.1"],
    // By its name a loss; by its code (0.22.9) the part that arrives.
    ...(lossPercent === 0 ? {} : { debug: { inboundPacketLoss: 100 - lossPercent } }),
    codecs: {
      audio: [
        new RTCRtpCodecParameters({
          mimeType: "audio/opus",
          clockRate: 48_000,
          channels: 2,
          payloadType: audioPayloadType,
        }),
      ],
      video: [
        new RTCRtpCodecParameters({
          mimeType: `video/${videoCodec}`,
          clockRate: 90_000,
          payloadType: videoPayloadType,
          rtcpFeedback: [
            ...(lossPercent === 0 ? [{ type: "nack" }] : []),
            { type: "nack", parameter: "pli" },
          ],
          ...(videoCodec === "H264" ? { parameters: H264_FMTP } : {}),
        }),
      ],
    },
  });
}

abstract class WeriftPeer {
  readonly pc: RTCPeerConnection;

  constructor(options: WeriftOptions) {
    this.pc = connection(options);
  }

  async offer(): Promise<string> {
    await this.pc.setLocalDescription(await this.pc.createOffer());
    return this.pc.localDescription?.sdp ?? "";
  }

  async answer(sdp: string): Promise<void> {
    await this.pc.setRemoteDescription({ type: "answer", sdp });
  }

  async connected(): Promise<void> {
    await until(() => this.pc.connectionState === "connected", "ICE and DTLS");
  }

  /** Says goodbye by DTLS. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.pc.close();
  }
}

/** Sends a made-up feed: 30 pictures and 50 pieces of sound a second, a keyframe where it is asked for one. */
export class WeriftPublisher extends WeriftPeer {
  readonly #video = this.pc.addTransceiver("video", { direction: "sendonly" }).sender;
  readonly #audio = this.pc.addTransceiver("audio", { direction: "sendonly" }).sender;
  readonly #keyframeEveryMs: number;
  #timer: NodeJS.Timeout | undefined;
  #sequence = 0;
  #keyframeDue = true;
  keyframeRequests = 0;

  constructor(options: WeriftOptions & { readonly keyframeEveryMs?: number } = {}) {
    super(options);
    this.#keyframeEveryMs = options.keyframeEveryMs ?? Number.POSITIVE_INFINITY;
    this.#video.onPictureLossIndication.subscribe(() => {
      this.keyframeRequests += 1;
      this.#keyframeDue = true;
    });
  }

  start(): void {
    const startedMs = performance.now();
    let lastKeyMs = startedMs;
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const atS = (nowMs - startedMs) / 1_000;
      const isKey = this.#keyframeDue || nowMs - lastKeyMs >= this.#keyframeEveryMs;
      if (isKey) lastKeyMs = nowMs;
      this.#keyframeDue = false;
      this.#sequence = (this.#sequence + 1) & 0xffff;
      // An SPS, by which the worker knows a keyframe, or a slice; and a payload to be known by.
      const payload = Buffer.concat([Buffer.from([isKey ? 0x67 : 0x41]), Buffer.alloc(400, this.#sequence)]);
      void this.#video.sendRtp(packet(this.#sequence, Math.round(atS * 90_000), payload));
      void this.#audio.sendRtp(packet(this.#sequence, Math.round(atS * 48_000), Buffer.alloc(80, 7)));
    }, 33);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.halt();
    await super[Symbol.asyncDispose]();
  }

  /** Sends no more, and leaves the connection as it is. */
  halt(): void {
    clearInterval(this.#timer);
  }
}

/** Sends the RTP payloads that it is given, under its own numbers; what is to be lost has its number all the same. */
export class WeriftSender extends WeriftPeer {
  readonly #senders = new Map<"audio" | "video", RTCRtpSender>();
  readonly #sequence = { video: 0, audio: 0 };

  constructor(options: WeriftOptions & { readonly kinds?: readonly ("audio" | "video")[] } = {}) {
    super(options);
    for (const kind of options.kinds ?? (["video", "audio"] as const)) {
      this.#senders.set(kind, this.pc.addTransceiver(kind, { direction: "sendonly" }).sender);
    }
  }

  send(
    kind: "audio" | "video",
    payload: Buffer,
    timestamp: number,
    { marker = true, lost = false }: { readonly marker?: boolean; readonly lost?: boolean } = {},
  ): void {
    this.#sequence[kind] = (this.#sequence[kind] + 1) & 0xffff;
    if (lost) return;
    const header = new RtpHeader({
      sequenceNumber: this.#sequence[kind],
      timestamp: timestamp >>> 0,
      marker,
      payloadType: 96,
    });
    void this.#senders.get(kind)?.sendRtp(new RtpPacket(header, payload));
  }
}

/** Receives and counts. */
export class WeriftViewer extends WeriftPeer {
  readonly packets = { video: 0, audio: 0 };
  readonly payloadTypes = { video: new Set<number>(), audio: new Set<number>() };
  /** The first picture packet that came. */
  firstVideo: Buffer | undefined;
  /** Of the newest picture packet. */
  lastTimestamp: number | undefined;
  lastVideoBytes = 0;

  constructor(options: WeriftOptions & { readonly kinds?: readonly ("audio" | "video")[] } = {}) {
    super(options);
    for (const kind of options.kinds ?? (["audio", "video"] as const)) {
      const transceiver = this.pc.addTransceiver(kind, { direction: "recvonly" });
      transceiver.onTrack.subscribe((track) => {
        track.onReceiveRtp.subscribe((rtp) => {
          this.packets[kind] += 1;
          this.payloadTypes[kind].add(rtp.header.payloadType);
          if (kind !== "video") return;
          this.firstVideo ??= rtp.payload;
          this.lastTimestamp = rtp.header.timestamp;
          this.lastVideoBytes = rtp.payload.length;
        });
      });
    }
  }

  /** So many more packets of the kind from now on. */
  async receives(kind: "audio" | "video", count: number): Promise<void> {
    const from = this.packets[kind];
    await until(() => this.packets[kind] >= from + count, `${count} packets of ${kind}`);
  }
}

function packet(sequenceNumber: number, timestamp: number, payload: Buffer): RtpPacket {
  const header = new RtpHeader({ sequenceNumber, timestamp: timestamp >>> 0, marker: true, payloadType: 96 });
  return new RtpPacket(header, payload);
}

/** Waits for a condition that nothing tells of. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  ms = WAIT_MS,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
