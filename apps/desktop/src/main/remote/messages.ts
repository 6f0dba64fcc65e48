import { z } from "zod";

/** The obs-websocket 5 protocol (docs/generated/protocol.md there), RPC version 1. */
export const RPC_VERSION = 1;

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
  invalidDataFieldType: 4004,
  invalidDataFieldValue: 4005,
  unknownOp: 4006,
  notIdentified: 4007,
  alreadyIdentified: 4008,
  authenticationFailed: 4009,
  unsupportedRpcVersion: 4010,
} as const;
export type CloseCode = (typeof closeCode)[keyof typeof closeCode];

export const status = {
  success: 100,
  missingRequestType: 203,
  unknownRequestType: 204,
  unsupportedBatchExecution: 206,
  notReady: 207,
  missingRequestField: 300,
  missingRequestData: 301,
  invalidRequestField: 400,
  invalidFieldType: 401,
  fieldOutOfRange: 402,
  fieldEmpty: 403,
  tooManyFields: 404,
  outputRunning: 500,
  outputNotRunning: 501,
  outputPaused: 502,
  outputNotPaused: 503,
  studioModeNotActive: 506,
  resourceNotFound: 600,
  resourceAlreadyExists: 601,
  invalidResourceType: 602,
  invalidResourceState: 604,
  invalidInputKind: 605,
  notConfigurable: 606,
  invalidFilterKind: 607,
  creationFailed: 700,
  requestProcessingFailed: 702,
  cannotAct: 703,
} as const;
export type StatusCode = (typeof status)[keyof typeof status];

/** Categories of events, as bits; those from 16 up come so often that they must be asked for by name. */
export const subscription = {
  general: 1,
  config: 1 << 1,
  scenes: 1 << 2,
  inputs: 1 << 3,
  transitions: 1 << 4,
  filters: 1 << 5,
  outputs: 1 << 6,
  sceneItems: 1 << 7,
  mediaInputs: 1 << 8,
  ui: 1 << 10,
  volumeMeters: 1 << 16,
  activeState: 1 << 17,
  showState: 1 << 18,
  transforms: 1 << 19,
} as const;
/** All but those of high volume. */
const ALL = (1 << 11) - 1;

/** How a batch is worked off. */
export const execution = { serialRealtime: 0, serialFrame: 1, parallel: 2 } as const;

const mask = z.number().int().min(0).default(ALL);
export const identifySchema = z.object({
  rpcVersion: z.number().int().min(0),
  authentication: z.string().max(200).optional(),
  eventSubscriptions: mask,
});
export const reidentifySchema = z.object({ eventSubscriptions: mask });

/** An id is whatever the client likes; it gets it back. */
const requestId = z.unknown().refine((id) => id !== undefined);
const asked = { requestType: z.string().max(100), requestData: z.unknown().optional() };
export const requestSchema = z.object({ requestId, ...asked });
export type RemoteRequest = z.infer<typeof batchedSchema>;

/** What is wrong with one request of a batch is that one's answer. */
export const batchedSchema = z.object({
  requestId: z.unknown().optional(),
  requestType: z.string().max(100).optional(),
  requestData: z.unknown().optional(),
});
export const batchSchema = z.object({
  requestId,
  haltOnFailure: z.boolean().default(false),
  executionType: z.number().int().min(0).max(2).default(execution.serialRealtime),
  requests: z.array(batchedSchema).max(500),
});
export type RemoteBatch = z.infer<typeof batchSchema>;

export interface RemoteEvent {
  readonly type: string;
  readonly intent: number;
  readonly data?: Readonly<Record<string, unknown>>;
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
