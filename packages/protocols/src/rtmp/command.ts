import { type AmfObject, type AmfValue, isAmfObject } from "./amf-value.ts";
import { decodeAmf0, encodeAmf0 } from "./amf0.ts";
import { RtmpError } from "./errors.ts";
import { MessageType, type RtmpMessage } from "./message.ts";

/** What a publishing client says (§7.2), as far as a server answers it. */
export type Command =
  | {
      readonly kind: "connect";
      readonly transactionId: number;
      /** Without query. */
      readonly app: string;
      readonly flashVersion: string | undefined;
    }
  | { readonly kind: "createStream"; readonly transactionId: number }
  | { readonly kind: "publish"; readonly transactionId: number; readonly streamName: string }
  | { readonly kind: "play"; readonly transactionId: number }
  /** releaseStream, FCPublish, getStreamLength, _checkbw: want a result, mean nothing here. */
  | { readonly kind: "courtesy"; readonly name: string; readonly transactionId: number }
  /** FCUnpublish, deleteStream, closeStream: the publication is over. */
  | { readonly kind: "unpublish"; readonly name: string; readonly transactionId: number }
  | { readonly kind: "unknown"; readonly transactionId: number };

/** Message type 20, or 17 (AMF3: one byte, then AMF0 that may switch). Throws `RtmpError`. */
export function parseCommand(message: RtmpMessage): Command {
  const values = decodeMessage(message);
  const [name, id, info] = values;
  if (typeof name !== "string") throw new RtmpError("message", "command without a name");
  const transactionId = typeof id === "number" ? id : 0;
  switch (name) {
    case "connect": {
      const object = isAmfObject(info) ? info : {};
      const app = typeof object["app"] === "string" ? object["app"] : "";
      const flashVersion = typeof object["flashVer"] === "string" ? object["flashVer"] : undefined;
      return { kind: "connect", transactionId, app: withoutQuery(app), flashVersion };
    }
    case "createStream":
      return { kind: "createStream", transactionId };
    case "publish": {
      const streamName = typeof values[3] === "string" ? values[3] : "";
      return { kind: "publish", transactionId, streamName: withoutQuery(streamName) };
    }
    case "play":
    case "play2":
      return { kind: "play", transactionId };
    case "releaseStream":
    case "FCPublish":
    case "getStreamLength":
    case "_checkbw":
      return { kind: "courtesy", name, transactionId };
    case "FCUnpublish":
    case "deleteStream":
    case "closeStream":
      return { kind: "unpublish", name, transactionId };
    default:
      return { kind: "unknown", transactionId };
  }
}

/** `onMetaData` of a data message (type 18 or 15), with or without `@setDataFrame`; undefined for others. */
export function parseMetadata(message: RtmpMessage): AmfObject | undefined {
  const values = decodeMessage(message);
  const [name, info] = values[0] === "@setDataFrame" ? values.slice(1) : values;
  return name === "onMetaData" && isAmfObject(info) ? info : undefined;
}

function decodeMessage({ type, payload }: RtmpMessage): AmfValue[] {
  const amf3 = type === MessageType.commandAmf3 || type === MessageType.dataAmf3;
  // The AMF3 forms begin with a format byte of 0; some encoders forget it (a name's marker is 2).
  return decodeAmf0(amf3 && payload[0] === 0 ? payload.subarray(1) : payload);
}

const withoutQuery = (text: string): string => text.split("?", 1)[0] ?? "";

const command = (streamId: number, ...values: readonly AmfValue[]): RtmpMessage => ({
  type: MessageType.commandAmf0,
  timestamp: 0,
  streamId,
  payload: encodeAmf0(...values),
});

/** Commands go on chunk stream 3 in both directions. */
export const COMMAND_CHUNK_STREAM = 3;

export const result = (transactionId: number, ...values: readonly AmfValue[]): RtmpMessage =>
  command(0, "_result", transactionId, ...values);

export interface Status {
  readonly level: "status" | "error";
  /** e.g. `NetStream.Publish.Start`. */
  readonly code: string;
  readonly description: string;
}

/** By this our studio knows a server that keeps its stream when its line breaks, and waits for a goodbye. */
export const SERVER_NAME = "Footlight";

/** Answer to `connect` (§7.2.1.1). `fourCcs`: what we take by Enhanced RTMP. */
export const connectResult = (transactionId: number, fourCcs: readonly string[]): RtmpMessage =>
  result(
    transactionId,
    { fmsVer: "FMS/3,0,1,123", capabilities: 31 },
    {
      level: "status",
      code: "NetConnection.Connect.Success",
      description: "Connection succeeded.",
      objectEncoding: 0,
      fourCcList: fourCcs,
      serverName: SERVER_NAME,
    },
  );

export const connectError = (transactionId: number, description: string): RtmpMessage =>
  command(0, "_error", transactionId, null, {
    level: "error",
    code: "NetConnection.Connect.Rejected",
    description,
  });

export const commandError = (transactionId: number, description: string): RtmpMessage =>
  command(0, "_error", transactionId, null, {
    level: "error",
    code: "NetConnection.Call.Failed",
    description,
  });

export const onStatus = (streamId: number, status: Status): RtmpMessage =>
  command(streamId, "onStatus", 0, null, { ...status });
