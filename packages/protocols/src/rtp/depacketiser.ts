import type { RtpPacket } from "./packet.ts";

/** One medium's packets, in order, → its frames. Never throws on a sender's bytes. */
export interface Depacketiser {
  push(packet: RtpPacket): void;
  /** Packets are missing here. */
  lost(): void;
}

export interface DepacketiserOutput<Frame> {
  frame(frame: Frame): void;
  /** A picture could not be put together: nothing comes before the next keyframe. Told for each that is left out. */
  broken(): void;
}

/** No picture that a browser encodes is larger. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024;
