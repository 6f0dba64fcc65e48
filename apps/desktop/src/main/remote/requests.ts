import type { z } from "zod";
import { type batchSchema, type RemoteRequest, RequestFault, status } from "./messages.ts";

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

const MAX_SLEEP_MS = 50_000;

/** Requests by type: each is answered, and none throws. */
export class Requests {
  readonly #kinds: ReadonlyMap<string, RequestKind>;

  constructor(
    kinds: Readonly<Record<string, RequestKind>>,
    private readonly onFault: (type: string, error: unknown) => void,
  ) {
    this.#kinds = new Map(Object.entries(kinds));
  }

  async answer({ requestType, requestId, requestData }: RemoteRequest) {
    const asked = { requestType, ...(requestId === undefined ? {} : { requestId }) };
    try {
      const data = await this.#run(requestType, requestData ?? {});
      const requestStatus = { result: true, code: status.success };
      return { ...asked, requestStatus, ...(data === undefined ? {} : { responseData: data }) };
    } catch (error) {
      if (!(error instanceof RequestFault)) this.onFault(requestType, error);
      const { code, message } =
        error instanceof RequestFault ? error : { code: status.requestProcessingFailed, message: "failed" };
      return { ...asked, requestStatus: { result: false, code, comment: message } };
    }
  }

  /** One after the other; `Sleep` is a pause between two of them. */
  async answerAll({ requestId, haltOnFailure, requests }: z.infer<typeof batchSchema>) {
    const results: Awaited<ReturnType<Requests["answer"]>>[] = [];
    for (const each of requests) {
      const ms = each.requestType === "Sleep" ? Number(each.requestData?.["sleepMillis"] ?? 0) : 0;
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(ms, MAX_SLEEP_MS)));
      const result =
        each.requestType === "Sleep"
          ? { requestType: "Sleep", requestStatus: { result: true, code: status.success } }
          : await this.answer(each);
      results.push(result);
      if (haltOnFailure && !result.requestStatus.result) break;
    }
    return { requestId, results };
  }

  async #run(type: string, data: unknown): Promise<object | undefined> {
    const kind = this.#kinds.get(type);
    if (kind === undefined) throw new RequestFault(status.unknownRequestType, `${type} is not spoken here`);
    const input = kind.input.safeParse(data, { reportInput: true });
    if (!input.success) {
      const [issue] = input.error.issues;
      const field = issue?.path.join(".") ?? "";
      const isMissing = issue?.code === "invalid_type" && issue.input === undefined;
      throw new RequestFault(
        isMissing ? status.missingRequestField : status.invalidRequestField,
        `Parameter: ${field}`,
      );
    }
    return await kind.run(input.data as never);
  }
}
