import type { ErrorCode } from "@footlight/shared";

export type StageFaultCode = Extract<
  ErrorCode,
  | "join_again"
  | "joined_elsewhere"
  | "not_on_stage"
  | "forbidden"
  | "not_found"
  | "invalid_request"
  | "stage_full"
>;

/** A participant asked for what cannot be. */
export class StageFault extends Error {
  override readonly name = "StageFault";

  constructor(
    readonly code: StageFaultCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** mediasoup throws for parameters that contradict each other or the router: that is the client's fault. */
export async function negotiated<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TypeError || isNamed(error, "UnsupportedError")) {
      throw new StageFault("invalid_request", `${what} is not possible like this`, { cause: error });
    }
    if (isNamed(error, "InvalidStateError")) {
      throw new StageFault("join_again", `${what} came too late`, { cause: error });
    }
    throw error;
  }
}

const isNamed = (error: unknown, name: string) => error instanceof Error && error.name === name;
