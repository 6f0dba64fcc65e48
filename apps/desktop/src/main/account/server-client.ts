import { rest } from "@footlight/shared";
import { z } from "zod";

const DEADLINE_MS = 10_000;
const problemSchema = z.looseObject({ code: z.string().optional(), title: z.string().optional() });

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: "unreachable" }
  | { readonly ok: false; readonly fault: "foreign" }
  | { readonly ok: false; readonly fault: "refused"; readonly status: number; readonly detail: string };

/** A Footlight server over its REST v1; every answer is parsed by the contract, and none of them throws. */
export class ServerClient {
  constructor(
    readonly server: string,
    private readonly token?: string,
  ) {}

  signIn(username: string, password: string): Promise<Answer<z.infer<typeof rest.SessionAnswer>>> {
    return this.#call("POST", "/api/v1/sessions", rest.SessionAnswer, { username, password });
  }

  startStream(
    body: z.input<typeof rest.StartStreamBody>,
  ): Promise<Answer<z.infer<typeof rest.StartStreamAnswer>>> {
    return this.#call("POST", "/api/v1/streams/start", rest.StartStreamAnswer, body);
  }

  endStream(streamId: string): Promise<Answer<z.infer<typeof rest.EndStreamAnswer>>> {
    return this.#call("POST", `/api/v1/streams/${streamId}/end`, rest.EndStreamAnswer);
  }

  /** Where what a broken line keeps from a stream of this account is sent afterwards. */
  backfillOf(streamId: string): { readonly url: string; readonly token: string } | undefined {
    if (this.token === undefined) return undefined;
    return { url: new URL(`/api/v1/streams/${streamId}/backfill`, this.server).href, token: this.token };
  }

  async #call<S extends z.ZodType>(
    method: string,
    path: string,
    shape: S,
    body?: object,
  ): Promise<Answer<z.infer<S>>> {
    let answer: Response;
    try {
      answer = await fetch(new URL(path, this.server), {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
    } catch {
      return { ok: false, fault: "unreachable" };
    }
    const json: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) {
      const problem = problemSchema.safeParse(json);
      if (!problem.success) return { ok: false, fault: "foreign" };
      const detail = problem.data.code ?? problem.data.title ?? "";
      return { ok: false, fault: "refused", status: answer.status, detail };
    }
    const parsed = shape.safeParse(json);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, fault: "foreign" };
  }
}
