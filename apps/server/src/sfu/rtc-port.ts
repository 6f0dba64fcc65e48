import type { StreamId } from "@footlight/shared";
import type { IceCandidate, Producer, Router, RtpCapabilities, WebRtcTransport } from "mediasoup/types";
import type { RtcClock, RtcSession } from "../stream/rtc.ts";

/**
 * What the engine offers beside the ports of `stream/rtc.ts` (publishing and feeding): watching for WHEP,
 * a stage's hold on a room, and what `/realtime` tells of a room.
 */

/** Who asks, for the bounds and the log. */
export interface RtcPeer {
  readonly address: string;
  readonly userAgent: string | undefined;
}

export interface RtcWatching {
  /** Throws `RtcRefusal`. Waits some seconds for a feed that has to start first. */
  watch(streamId: StreamId, offer: string, peer: RtcPeer): Promise<RtcSession>;
}

export interface RtcRoomState {
  /** Names the source that viewers are connected to: when it changes, they must connect anew. Grows. */
  readonly epoch: number;
  /** Of the picture, where it is known. */
  readonly clock: RtcClock | undefined;
}

export interface RtcRooms {
  /** Whether a media worker runs, so that there is an ultra tier at all. */
  readonly available: boolean;
  /** Undefined where nobody is in the stream's room. */
  state(streamId: StreamId): RtcRoomState | undefined;
  /**
   * Called after a room's epoch or clock changed, or it came or went; and with `undefined` when `available`
   * changed. Returns how to stop it.
   */
  onChange(listener: (streamId: StreamId | undefined) => void): () => void;
}

/** The media that the stream's viewers get, as producers of the room's home router. */
export interface RoomProgramme {
  readonly video: Producer | undefined;
  readonly audio: Producer | undefined;
}

/** A stage's place in its stream's room: one router, which outlives publishers and feeds. */
export interface StageHold {
  /** For mediasoup-client's `Device.load`: Opus, H.264 (42e01f, packetization-mode 1), VP8. */
  readonly rtpCapabilities: RtpCapabilities;
  /** For producers, consumers and observers of the stage's own. */
  readonly router: Router;
  /** Undefined while neither a publisher nor a feed is there. */
  readonly programme: RoomProgramme | undefined;
  onProgramme(listener: () => void): void;
  /**
   * A participant's transport at its worker's port, counted as a peer until it is closed. Its candidates are
   * for the client, in place of `transport.iceCandidates`. Throws `RtcRefusal`. The caller closes it, also
   * when ICE fails.
   */
  createPeerTransport(
    peer: RtcPeer,
  ): Promise<{ readonly transport: WebRtcTransport; readonly iceCandidates: IceCandidate[] }>;
  /** Aborted with an `RtcEnd` (`worker_died`, `closing`): everything on the router is gone; hold it anew. */
  readonly closed: AbortSignal;
  release(): void;
}

export interface RtcStages {
  /** Holds the stream's room, and wants its media, until released. Throws `RtcRefusal`. */
  holdForStage(streamId: StreamId): Promise<StageHold>;
}
