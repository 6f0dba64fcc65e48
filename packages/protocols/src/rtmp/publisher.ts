import { type AmfObject, type AmfValue, isAmfObject } from "./amf-value.ts";
import { decodeAmf0, encodeAmf0 } from "./amf0.ts";
import { MessageType, type RtmpMessage } from "./message.ts";

/** What a publishing client says (RTMP 1.0 §7.2), in the order and with the transaction ids of FMLE and OBS. */
export const Transaction = {
  connect: 1,
  releaseStream: 2,
  fcPublish: 3,
  createStream: 4,
  publish: 5,
  fcUnpublish: 6,
  deleteStream: 7,
} as const;

/** Picture, sound and data of one publication on chunk streams of their own, so that none waits for another's end. */
export const PublishChunkStream = { data: 4, audio: 4, video: 6 } as const;

const command = (streamId: number, ...values: readonly AmfValue[]): RtmpMessage => ({
  type: MessageType.commandAmf0,
  timestamp: 0,
  streamId,
  payload: encodeAmf0(...values),
});

export const connect = (of: {
  readonly app: string;
  readonly tcUrl: string;
  readonly flashVersion: string;
}): RtmpMessage =>
  command(0, "connect", Transaction.connect, {
    app: of.app,
    type: "nonprivate",
    flashVer: of.flashVersion,
    swfUrl: of.tcUrl,
    tcUrl: of.tcUrl,
  });

export const releaseStream = (name: string): RtmpMessage =>
  command(0, "releaseStream", Transaction.releaseStream, null, name);
export const fcPublish = (name: string): RtmpMessage =>
  command(0, "FCPublish", Transaction.fcPublish, null, name);
export const createStream = (): RtmpMessage => command(0, "createStream", Transaction.createStream, null);
export const publish = (streamId: number, name: string): RtmpMessage =>
  command(streamId, "publish", Transaction.publish, null, name, "live");
export const fcUnpublish = (name: string): RtmpMessage =>
  command(0, "FCUnpublish", Transaction.fcUnpublish, null, name);
export const deleteStream = (streamId: number): RtmpMessage =>
  command(0, "deleteStream", Transaction.deleteStream, null, streamId);

export const setDataFrame = (streamId: number, info: AmfObject): RtmpMessage => ({
  type: MessageType.dataAmf0,
  timestamp: 0,
  streamId,
  payload: encodeAmf0("@setDataFrame", "onMetaData", info),
});

/** What a server says to a publisher, as far as one listens. */
export type ServerCommand =
  | {
      readonly kind: "result" | "error";
      readonly transactionId: number;
      /** Of `createStream`. */
      readonly streamId: number | undefined;
      readonly code: string;
      readonly description: string;
      /** Of `connect`, where the server is one of ours. */
      readonly serverName: string;
    }
  | {
      readonly kind: "status";
      readonly level: string;
      readonly code: string;
      readonly description: string;
    }
  | { readonly kind: "other"; readonly name: string };

/** Message type 20 (or 17) of a server. Throws `RtmpError` on bytes that are not AMF. */
export function parseServerCommand({ type, payload }: RtmpMessage): ServerCommand {
  const amf3 = type === MessageType.commandAmf3 && payload[0] === 0;
  const [name, id, first, second] = decodeAmf0(amf3 ? payload.subarray(1) : payload);
  const info = isAmfObject(second) ? second : isAmfObject(first) ? first : {};
  const text = (field: string): string => (typeof info[field] === "string" ? info[field] : "");
  const said = { code: text("code"), description: text("description") };
  switch (name) {
    case "_result":
    case "_error":
      return {
        kind: name === "_result" ? "result" : "error",
        transactionId: typeof id === "number" ? id : 0,
        streamId: typeof second === "number" ? second : undefined,
        ...said,
        serverName: text("serverName"),
      };
    case "onStatus":
      return { kind: "status", level: text("level"), ...said };
    default:
      return { kind: "other", name: typeof name === "string" ? name : "" };
  }
}
