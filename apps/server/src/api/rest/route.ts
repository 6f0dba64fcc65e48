import type { Readable } from "node:stream";
import type { ErrorCode } from "@footlight/shared";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Account } from "../../domain/accounts/account.ts";

/** One call of REST v1: registered as a route and written into the OpenAPI document from the same value. */
export interface RouteSpec<
  Body extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Params extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: "GET" | "POST" | "PUT";
  /** Below /api/v1, fastify's way: `/streams/:id`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** `optional`: who has a token may be shown more. */
  readonly auth: "none" | "optional" | "bearer";
  readonly body?: Body;
  readonly query?: Query;
  readonly params?: Params;
  /** The body is bytes of this type, handed on as they come; the handler bounds them. */
  readonly upload?: { readonly type: string; readonly digest: boolean };
  readonly status: 200 | 201;
  readonly answer: Answer;
  /** Codes beside those that every call may answer with. */
  readonly errors: readonly ErrorCode[];
}

export interface Call<Body, Query, Params> {
  readonly request: FastifyRequest;
  readonly body: Body;
  /** Of a route with `upload`. */
  readonly upload: Readable | undefined;
  readonly query: Query;
  readonly params: Params;
  /** Put before every path of an answer: PUBLIC_URL, else the origin that the client asked. */
  readonly base: string;
  readonly account: Account | undefined;
}

export interface RestRoute {
  readonly spec: RouteSpec;
  readonly handle: (call: Call<never, never, never>) => Promise<unknown>;
}

/** Ties a handler to its schemas: it gets what they parse to, and must give what they describe. */
export function route<
  Answer extends z.ZodType,
  Body extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Params extends z.ZodType = z.ZodUndefined,
>(
  spec: RouteSpec<Body, Query, Params, Answer>,
  handle: (call: Call<z.output<Body>, z.output<Query>, z.output<Params>>) => Promise<z.input<Answer>>,
): RestRoute {
  return { spec, handle };
}
