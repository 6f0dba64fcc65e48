import { resultOf } from "@footlight/realtime/pending-requests.ts";
import { RealtimeFault } from "@footlight/realtime/realtime-fault.ts";
import type { ErrorCode, RealtimeMethod, RealtimeParams, RealtimeResult } from "@footlight/shared";
import type { FromEngineControl, ToEngineControl } from "../../../contract/engine-control.ts";

type Answer = Extract<ToEngineControl, { kind: "stage-answer" }>;

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (fault: RealtimeFault) => void;
}

/** The server's `/realtime`, asked through main, which answers every request within its deadline. */
export class Signalling {
  readonly #pending = new Map<string, Pending>();

  constructor(private readonly tell: (message: FromEngineControl) => void) {}

  async request<M extends RealtimeMethod>(method: M, params: RealtimeParams<M>): Promise<RealtimeResult<M>> {
    // An answer to an engine that was here before this one must not be taken for ours.
    const id = crypto.randomUUID();
    const result = await new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.tell({ kind: "stage-request", id, method, params });
    });
    return resultOf(method, result);
  }

  answer({ id, result, fault }: Answer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (fault === undefined) pending?.resolve(result);
    else pending?.reject(new RealtimeFault(fault as ErrorCode | "network"));
  }
}
