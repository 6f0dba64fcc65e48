import type { z } from "zod";
import {
  execution,
  type RemoteBatch,
  type RemoteRequest,
  RequestFault,
  type StatusCode,
  status,
} from "./messages.ts";

/** What a type of request takes, and what it does with it; what it returns is the `responseData`. */
export interface RequestKind {
  readonly input: z.ZodType;
  readonly run: (input: never) => object | undefined | Promise<object | undefined>;
}

/** Keeps a request's input and its work of one type. */
export const request = <S extends z.ZodType>(
  input: S,
  run: (input: z.infer<S>) => object | undefined | Promise<object | undefined>,
): RequestKind => ({ input, run });

type Answer = ReturnType<typeof answered>;
const MAX_SLEEP_MS = 50_000;
/** Frames come at least as often. */
const FRAME_MS = 1000 / 30;

/** Requests by type: each is answered, and none throws. */
export class Requests {
  readonly #kinds: ReadonlyMap<string, RequestKind>;

  constructor(
    kinds: Readonly<Record<string, RequestKind>>,
    private readonly onFault: (type: string, error: unknown) => void,
  ) {
    this.#kinds = new Map(Object.entries(kinds));
  }

  async answer(asked: RemoteRequest): Promise<Answer> {
    try {
      return answered(asked, status.success, await this.#run(asked));
    } catch (error) {
      if (error instanceof RequestFault) return answered(asked, error.code, undefined, error.message);
      this.onFault(asked.requestType ?? "", error);
      return answered(asked, status.requestProcessingFailed, undefined, "failed");
    }
  }

  /** One after the other, or side by side where that is asked for; `Sleep` is a pause between two of them. */
  async answerAll({ requestId, haltOnFailure, executionType, requests }: RemoteBatch) {
    if (executionType === execution.parallel)
      return { requestId, results: await Promise.all(requests.map((each) => this.answer(each))) };
    const results: Answer[] = [];
    for (const each of requests) {
      const result =
        each.requestType === "Sleep" ? await slept(each, executionType) : await this.answer(each);
      results.push(result);
      if (haltOnFailure && !result.requestStatus.result) break;
    }
    return { requestId, results };
  }

  async #run({ requestType, requestData }: RemoteRequest): Promise<object | undefined> {
    if (requestType === undefined)
      throw new RequestFault(status.missingRequestType, "the request has no requestType");
    if (requestType === "Sleep")
      throw new RequestFault(status.unsupportedBatchExecution, "Sleep is for batches in their order");
    const kind = this.#kinds.get(requestType);
    if (kind === undefined)
      throw new RequestFault(status.unknownRequestType, `${requestType} is not spoken here`);
    const hasData = typeof requestData === "object" && requestData !== null;
    try {
      const input = kind.input.safeParse(hasData ? requestData : {}, { reportInput: true });
      if (!input.success) throw faultOf(input.error.issues[0]);
      return await kind.run(input.data as never);
    } catch (error) {
      // Where there are no data at all, that is what is missing.
      if (error instanceof RequestFault && error.code === status.missingRequestField && !hasData)
        throw new RequestFault(status.missingRequestData, "the request needs requestData");
      throw error;
    }
  }
}

function answered(
  { requestType, requestId }: RemoteRequest,
  code: StatusCode,
  responseData?: object,
  comment?: string,
) {
  return {
    ...(requestType !== undefined && { requestType }),
    ...(requestId !== undefined && { requestId }),
    requestStatus: { result: code === status.success, code, ...(comment !== undefined && { comment }) },
    ...(responseData !== undefined && { responseData }),
  };
}

async function slept(asked: RemoteRequest, executionType: number): Promise<Answer> {
  const data = (asked.requestData ?? {}) as Readonly<Record<string, unknown>>;
  const [field, unitMs] =
    executionType === execution.serialFrame
      ? (["sleepFrames", FRAME_MS] as const)
      : (["sleepMillis", 1] as const);
  const wanted = data[field];
  if (wanted === undefined)
    return answered(asked, status.missingRequestField, undefined, `${field} is missing`);
  if (typeof wanted !== "number")
    return answered(asked, status.invalidFieldType, undefined, `${field} is a number`);
  const ms = wanted * unitMs;
  if (!(ms >= 0 && ms <= MAX_SLEEP_MS))
    return answered(asked, status.fieldOutOfRange, undefined, `${field} is too much`);
  await new Promise((resolve) => setTimeout(resolve, ms));
  return answered(asked, status.success);
}

function faultOf(issue: z.core.$ZodIssue | undefined): RequestFault {
  const field = issue?.path.join(".") ?? "";
  const fault = (code: StatusCode, words: string) => new RequestFault(code, `${field} ${words}`);
  if (issue === undefined || issue.input === undefined)
    return fault(status.missingRequestField, "is missing");
  switch (issue.code) {
    case "invalid_type":
      return fault(status.invalidFieldType, `must be of type ${issue.expected}`);
    case "too_small":
      return issue.origin === "number" || issue.origin === "int"
        ? fault(status.fieldOutOfRange, `is below the least of ${issue.minimum}`)
        : fault(status.fieldEmpty, "must not be empty");
    case "too_big":
      return fault(status.fieldOutOfRange, `is above the most of ${issue.maximum}`);
    default:
      return fault(status.invalidRequestField, "has a value that is not known here");
  }
}
