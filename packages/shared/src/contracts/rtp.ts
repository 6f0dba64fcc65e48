import { z } from "zod";

/**
 * Media terms between a stage's participants and the server, in mediasoup's shapes (mediasoup-client's
 * objects go through unchanged). Bounds keep what a stranger sends away from the media worker.
 */

const Text = z.string().max(1_024);
const PayloadType = z.int().min(0).max(127);
const Uint32 = z.int().min(0).max(0xffff_ffff);
/** Format parameters (`a=fmtp`). */
const Parameters = z.record(z.string().max(64), z.union([Text, z.number(), z.boolean(), z.null()]));
const RtcpFeedback = z.object({ type: z.string().max(32), parameter: z.string().max(32).optional() });
const MimeType = z.string().regex(/^(audio|video)\/[A-Za-z0-9.+-]{1,40}$/);
const MediaKind = z.enum(["audio", "video"]);

const codec = {
  mimeType: MimeType,
  clockRate: z.int().min(1).max(1_000_000),
  channels: z.int().min(1).max(255).optional(),
  parameters: Parameters.optional(),
  rtcpFeedback: z.array(RtcpFeedback).max(16).optional(),
};

export const RtpCapabilities = z.object({
  codecs: z
    .array(z.object({ ...codec, kind: MediaKind, preferredPayloadType: PayloadType.optional() }))
    .max(64)
    .optional(),
  headerExtensions: z
    .array(
      z.object({
        kind: MediaKind,
        uri: z.string().max(256),
        preferredId: z.int().min(1).max(255),
        preferredEncrypt: z.boolean().optional(),
        direction: z.enum(["sendrecv", "sendonly", "recvonly", "inactive"]).optional(),
      }),
    )
    .max(64)
    .optional(),
});
export type RtpCapabilities = z.infer<typeof RtpCapabilities>;

export const RtpParameters = z.object({
  mid: z.string().max(32).optional(),
  codecs: z
    .array(z.object({ ...codec, payloadType: PayloadType }))
    .min(1)
    .max(16),
  headerExtensions: z
    .array(
      z.object({
        uri: z.string().max(256),
        id: z.int().min(1).max(255),
        encrypt: z.boolean().optional(),
        parameters: Parameters.optional(),
      }),
    )
    .max(32)
    .optional(),
  encodings: z
    .array(
      z.object({
        ssrc: Uint32.optional(),
        rid: z.string().max(16).optional(),
        codecPayloadType: PayloadType.optional(),
        rtx: z.object({ ssrc: Uint32 }).optional(),
        dtx: z.boolean().optional(),
        scalabilityMode: z.string().max(16).optional(),
        scaleResolutionDownBy: z.number().optional(),
        maxBitrate: z.number().optional(),
        maxFramerate: z.number().optional(),
        active: z.boolean().optional(),
        adaptivePtime: z.boolean().optional(),
        priority: z.string().max(16).optional(),
        networkPriority: z.string().max(16).optional(),
      }),
    )
    .max(4)
    .optional(),
  rtcp: z
    .object({
      cname: z.string().max(256).optional(),
      reducedSize: z.boolean().optional(),
      mux: z.boolean().optional(),
    })
    .optional(),
  msid: z.string().max(256).optional(),
});
export type RtpParameters = z.infer<typeof RtpParameters>;

export const DtlsParameters = z.object({
  role: z.enum(["auto", "client", "server"]).optional(),
  fingerprints: z
    .array(
      z.object({
        algorithm: z.enum(["sha-1", "sha-224", "sha-256", "sha-384", "sha-512"]),
        value: z.string().regex(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){15,63}$/),
      }),
    )
    .min(1)
    .max(8),
});
export type DtlsParameters = z.infer<typeof DtlsParameters>;

export const IceParameters = z.object({
  usernameFragment: z.string(),
  password: z.string(),
  iceLite: z.boolean().optional(),
});
export type IceParameters = z.infer<typeof IceParameters>;

export const IceCandidate = z.object({
  foundation: z.string(),
  priority: z.number(),
  ip: z.string(),
  address: z.string().optional(),
  protocol: z.enum(["udp", "tcp"]),
  port: z.int(),
  type: z.enum(["host", "srflx", "prflx", "relay"]),
  tcpType: z.enum(["active", "passive", "so"]).optional(),
});

/** As `RTCIceServer`. */
export const IceServer = z.object({
  urls: z.array(z.string()),
  username: z.string().optional(),
  credential: z.string().optional(),
});
export type IceServer = z.infer<typeof IceServer>;

/** What mediasoup-client's `createSendTransport` and `createRecvTransport` take. */
export const TransportTerms = z.object({
  id: z.string(),
  iceParameters: IceParameters,
  iceCandidates: z.array(IceCandidate),
  dtlsParameters: DtlsParameters,
  iceServers: z.array(IceServer),
});
export type TransportTerms = z.infer<typeof TransportTerms>;

/** What mediasoup-client's `transport.consume` takes, and whose medium it is. */
export const ConsumerTerms = z.object({
  id: z.string(),
  producerId: z.string(),
  kind: MediaKind,
  rtpParameters: RtpParameters,
  /** Its producer is silent: muted, or switched off. */
  producerPaused: z.boolean(),
});
export type ConsumerTerms = z.infer<typeof ConsumerTerms>;
