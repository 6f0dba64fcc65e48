import { RtmpError } from "./errors.ts";
import { MessageType, type RtmpMessage } from "./message.ts";

/** Control messages go on chunk stream 2, message stream 0 (§5.4). */
export const CONTROL_CHUNK_STREAM = 2;

/** User control events (§7.1.7) that a server meets. */
export const UserEvent = { streamBegin: 0, streamEof: 1, pingRequest: 6, pingResponse: 7 } as const;

export type ControlMessage =
  | { readonly kind: "acknowledgement"; readonly bytes: number }
  | { readonly kind: "windowAckSize"; readonly bytes: number }
  | { readonly kind: "setPeerBandwidth"; readonly bytes: number }
  | { readonly kind: "pingRequest"; readonly time: number }
  /** Obeyed by the chunk reader, or of no use to a server. */
  | { readonly kind: "other" };

/** Types 1–6. Throws `RtmpError` "message" when too short. */
export function parseControl({ type, payload }: RtmpMessage): ControlMessage {
  const u32 = (at: number): number => {
    if (payload.length < at + 4) throw new RtmpError("message", "control message too short");
    return payload.readUInt32BE(at);
  };
  switch (type) {
    case MessageType.acknowledgement:
      return { kind: "acknowledgement", bytes: u32(0) };
    case MessageType.windowAckSize:
      return { kind: "windowAckSize", bytes: u32(0) };
    case MessageType.setPeerBandwidth:
      return { kind: "setPeerBandwidth", bytes: u32(0) };
    case MessageType.userControl:
      if (payload.length < 2) throw new RtmpError("message", "user control message too short");
      return payload.readUInt16BE(0) === UserEvent.pingRequest
        ? { kind: "pingRequest", time: u32(2) }
        : { kind: "other" };
    default:
      return { kind: "other" };
  }
}

const control = (type: number, payload: Buffer): RtmpMessage => ({
  type,
  timestamp: 0,
  streamId: 0,
  payload,
});
const u32 = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value >>> 0);
  return out;
};

export const setChunkSize = (bytes: number): RtmpMessage => control(MessageType.setChunkSize, u32(bytes));
export const acknowledgement = (bytes: number): RtmpMessage =>
  control(MessageType.acknowledgement, u32(bytes));
export const windowAckSize = (bytes: number): RtmpMessage => control(MessageType.windowAckSize, u32(bytes));
/** Limit type 2, dynamic (§5.4.5). */
export const setPeerBandwidth = (bytes: number): RtmpMessage =>
  control(MessageType.setPeerBandwidth, Buffer.concat([u32(bytes), Buffer.from([2])]));
export const userControl = (event: number, value: number): RtmpMessage =>
  control(MessageType.userControl, Buffer.concat([Buffer.from([0, event]), u32(value)]));
