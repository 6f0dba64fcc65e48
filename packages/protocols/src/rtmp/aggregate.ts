import { RtmpError } from "./errors.ts";
import type { RtmpMessage } from "./message.ts";

const TAG_HEADER = 11;
const BACK_POINTER = 4;

/**
 * Aggregate message (type 22, §7.1.6) → the messages in it, their times moved so that the first has the
 * aggregate's. Throws `RtmpError` "message" when a length leads out of it.
 */
export function splitAggregate(message: RtmpMessage): RtmpMessage[] {
  const { payload } = message;
  const messages: RtmpMessage[] = [];
  let first: number | undefined;
  for (let at = 0; at + TAG_HEADER <= payload.length; ) {
    const length = payload.readUIntBE(at + 1, 3);
    const time = payload.readUIntBE(at + 4, 3) + payload.readUInt8(at + 7) * 2 ** 24;
    first ??= time;
    const end = at + TAG_HEADER + length;
    if (end > payload.length) throw new RtmpError("message", "truncated aggregate");
    messages.push({
      type: payload.readUInt8(at),
      timestamp: (message.timestamp + time - first) >>> 0,
      streamId: message.streamId,
      payload: payload.subarray(at + TAG_HEADER, end),
    });
    at = end + BACK_POINTER;
  }
  return messages;
}
