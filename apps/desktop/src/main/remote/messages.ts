import { z } from "zod";

/** The obs-websocket 5 protocol (docs/generated/protocol.md there), as far as it is spoken here: JSON, RPC version 1. */
export const RPC_VERSION = 1;
export const SUBPROTOCOL = "obswebsocket.json";

export const op = {
  hello: 0,
  identify: 1,
  identified: 2,
  reidentify: 3,
  event: 5,
  request: 6,
  response: 7,
  batch: 8,
  batchResponse: 9,
} as const;

export const closeCode = {
  messageDecodeError: 4002,
  missingDataField: 4003,
  unknownOp: 4006,
  notIdentified: 4007,
  alreadyIdentified: 4008,
  authenticationFailed: 4009,
  unsupportedRpcVersion: 4010,
} as const;

export const status = {
  success: 100,
  unknownRequestType: 204,
  missingRequestField: 300,
  invalidRequestField: 400,
  outputRunning: 500,
  outputNotRunning: 501,
  outputPaused: 502,
  outputNotPaused: 503,
  resourceNotFound: 600,
  invalidResourceState: 604,
  requestProcessingFailed: 702,
} as const;
export type StatusCode = (typeof status)[keyof typeof status];

/** Categories of events, as bits. */
export const subscription = {
  general: 1,
  scenes: 1 << 2,
  inputs: 1 << 3,
  outputs: 1 << 6,
  sceneItems: 1 << 7,
} as const;
/** All but those of high volume, which there are none of here. */
const ALL = (1 << 11) - 1;

export const envelopeSchema = z.object({ op: z.number().int(), d: z.record(z.string(), z.unknown()) });

export const identifySchema = z.object({
  rpcVersion: z.number().int(),
  authentication: z.string().max(200).optional(),
  eventSubscriptions: z.number().int().min(0).default(ALL),
});
export const reidentifySchema = z.object({ eventSubscriptions: z.number().int().min(0).default(ALL) });

export const requestSchema = z.object({
  requestType: z.string().max(100),
  requestId: z.string().max(200).optional(),
  requestData: z.record(z.string(), z.unknown()).nullish(),
});
export type RemoteRequest = z.infer<typeof requestSchema>;

export const batchSchema = z.object({
  requestId: z.string().max(200),
  haltOnFailure: z.boolean().default(false),
  requests: z.array(requestSchema).max(200),
});

export interface RemoteEvent {
  readonly type: string;
  readonly intent: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A request that cannot be done; the comment is for whoever wrote the client. */
export class RequestFault extends Error {
  override readonly name = "RequestFault";
  constructor(
    readonly code: StatusCode,
    comment: string,
  ) {
    super(comment);
  }
}
