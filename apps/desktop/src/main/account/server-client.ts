import {
  Dashboard,
  Done,
  PanicAnswer,
  REALTIME_PATH,
  rest,
  StudioStartAnswer,
  type StudioStartInput,
  StudioStream,
  type StudioWords,
} from "@footlight/shared";
import { z } from "zod";

const DEADLINE_MS = 10_000;
const problemSchema = z.looseObject({ code: z.string().optional(), title: z.string().optional() });
const dashboardSchema = Dashboard.pick({ audience: true, health: true });
const channelSchema = Dashboard.pick({ settings: true });
const resultSchema = z.object({ result: z.object({ data: z.unknown() }) });
/** What refuses over tRPC has its stable code in there. */
const refusalSchema = z.looseObject({ error: z.object({ data: z.object({ appCode: z.string() }) }) });

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: "unreachable" }
  | { readonly ok: false; readonly fault: "foreign" }
  | { readonly ok: false; readonly fault: "refused"; readonly status: number; readonly detail: string };

/** A Footlight server over its REST v1 and tRPC; every answer is parsed by the contract, and none of them throws. */
export class ServerClient {
  constructor(
    readonly server: string,
    private readonly token?: string,
  ) {}

  /** For those who speak to the server for us. */
  get credentials(): { readonly server: string; readonly token: string | undefined } {
    return { server: this.server, token: this.token };
  }

  signIn(username: string, password: string): Promise<Answer<z.infer<typeof rest.SessionAnswer>>> {
    return this.#call("POST", "/api/v1/sessions", rest.SessionAnswer, { username, password });
  }

  startStream(
    stream: Omit<StudioStartInput, "graceS">,
    signal?: AbortSignal,
  ): Promise<Answer<StudioStartAnswer>> {
    return this.#studio("start", StudioStartAnswer, stream, signal);
  }

  /** What the stream on air is called from now on. */
  describe(words: z.infer<typeof StudioWords>): Promise<Answer<unknown>> {
    return this.#studio("describe", Done, words);
  }

  /** Viewers still get what a delay holds back. */
  endStream(): Promise<Answer<unknown>> {
    return this.#studio("end", Done, {});
  }

  /** Of a rehearsal. */
  makePublic(): Promise<Answer<StudioStream>> {
    return this.#studio("makePublic", StudioStream);
  }

  /** The channel's stream that has not ended. */
  stream(): Promise<Answer<StudioStream | null>> {
    return this.#trpc("GET", "studio.stream", StudioStream.nullable());
  }

  /** Drops what a delay has not let out yet. */
  dropHeld(): Promise<Answer<unknown>> {
    return this.#studio("panic", PanicAnswer);
  }

  /** Who watches, and what the server makes of what it is sent. */
  dashboard(): Promise<Answer<z.infer<typeof dashboardSchema>>> {
    return this.#trpc("GET", "dashboard.get", dashboardSchema);
  }

  /** What the channel's broadcasts are called and are like, unless they say otherwise. */
  channel(): Promise<Answer<z.infer<typeof channelSchema>>> {
    return this.#trpc("GET", "dashboard.get", channelSchema);
  }

  /** Where what a broken line keeps from a stream of this account is sent afterwards. */
  backfillOf(streamId: string): { readonly url: string; readonly token: string } | undefined {
    if (this.token === undefined) return undefined;
    return { url: new URL(`/api/v1/streams/${streamId}/backfill`, this.server).href, token: this.token };
  }

  /** Where the way to this server is measured, by whoever is signed in. */
  get uploadTest(): { readonly url: string; readonly token: string } | undefined {
    if (this.token === undefined) return undefined;
    return { url: new URL("/api/v1/upload-test", this.server).href, token: this.token };
  }

  /** To speak over `/realtime`. */
  get session(): { readonly url: string; readonly token: string } | undefined {
    if (this.token === undefined) return undefined;
    const url = new URL(REALTIME_PATH, this.server);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return { url: url.href, token: this.token };
  }

  /** One of the server's procedures that has no method here. */
  procedure<S extends z.ZodType>(
    method: string,
    path: string,
    shape: S,
    input?: object,
  ): Promise<Answer<z.infer<S>>> {
    return this.#trpc(method, path, shape, input);
  }

  /** A mutation takes a body also where it takes nothing. */
  #studio<S extends z.ZodType>(
    name: string,
    shape: S,
    input: object = {},
    signal?: AbortSignal,
  ): Promise<Answer<z.infer<S>>> {
    return this.#trpc("POST", `studio.${name}`, shape, input, signal);
  }

  async #trpc<S extends z.ZodType>(
    method: string,
    path: string,
    shape: S,
    input?: object,
    signal?: AbortSignal,
  ): Promise<Answer<z.infer<S>>> {
    const answer = await this.#call(method, `/trpc/${path}`, resultSchema, input, signal);
    if (!answer.ok) return answer;
    const parsed = shape.safeParse(answer.value.result.data);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, fault: "foreign" };
  }

  async #call<S extends z.ZodType>(
    method: string,
    path: string,
    shape: S,
    body?: object,
    signal?: AbortSignal,
  ): Promise<Answer<z.infer<S>>> {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    let answer: Response;
    try {
      answer = await fetch(new URL(path, this.server), {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
      });
    } catch {
      return { ok: false, fault: "unreachable" };
    }
    const json: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) {
      const refusal = refusalSchema.safeParse(json);
      if (refusal.success) {
        const { appCode } = refusal.data.error.data;
        return { ok: false, fault: "refused", status: answer.status, detail: appCode };
      }
      const problem = problemSchema.safeParse(json);
      if (!problem.success) return { ok: false, fault: "foreign" };
      const detail = problem.data.code ?? problem.data.title ?? "";
      return { ok: false, fault: "refused", status: answer.status, detail };
    }
    const parsed = shape.safeParse(json);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, fault: "foreign" };
  }
}
