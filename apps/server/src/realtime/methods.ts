import type { REALTIME_CLOSE, RealtimeMethod } from "@footlight/shared";
import type { RealtimeCaller } from "./caller.ts";

/** What a method knows of the client's connection. */
export interface RealtimePeer {
  readonly address: string;
  readonly userAgent: string | undefined;
  close(reason: keyof typeof REALTIME_CLOSE): void;
}

/** One connection's requests. */
export interface RealtimeSession {
  /** Throws an error whose `code` is one of `ERROR_STATUS`'s, a `ZodError`, or an `RtcRefusal`. */
  call(method: RealtimeMethod, params: unknown): Promise<unknown>;
  /** The socket has closed: by whom and how, in WebSocket close codes (1006: it broke). */
  end(code: number): void;
}

export interface RealtimeMethods {
  session(caller: RealtimeCaller, peer: RealtimePeer): RealtimeSession;
}
