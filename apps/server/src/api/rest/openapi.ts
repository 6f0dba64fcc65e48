import { ERROR_STATUS, type ErrorCode, Problem } from "@footlight/shared";
import { z } from "zod";
import type { RestRoute, RouteSpec } from "./route.ts";

/** Codes that any call may answer with. */
const ALWAYS: readonly ErrorCode[] = ["invalid_request", "rate_limited", "internal_error"];
const WITH_BODY: readonly ErrorCode[] = ["invalid_json", "payload_too_large", "unsupported_media_type"];

/** OpenAPI 3.1 of REST v1, made from the schemas that the routes parse with. */
export function openApiDocument(routes: readonly RestRoute[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { spec } of routes) {
    const path = `/api/v1${spec.path.replace(/:(\w+)/g, "{$1}")}`;
    paths[path] = { ...paths[path], [spec.method.toLowerCase()]: operation(spec) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Footlight",
      version,
      description:
        "Errors are RFC 9457 problem documents with a stable `code`. Lists are paged by opaque cursors.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: { Problem: schemaOf(Problem, "output") },
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    },
  };
}

const SECURITY = { none: [], optional: [{}, { bearer: [] }], bearer: [{ bearer: [] }] } as const;

function operation(spec: RouteSpec): Record<string, unknown> {
  return {
    operationId: spec.operationId,
    summary: spec.summary,
    security: SECURITY[spec.auth],
    parameters: [
      ...parameters(spec.params, "path"),
      ...parameters(spec.query, "query"),
      ...(spec.upload?.digest === true ? [DIGEST] : []),
    ],
    ...requestBody(spec),
    responses: {
      [spec.status]: { description: spec.summary, content: json(schemaOf(spec.answer, "output")) },
      ...problems(spec),
    },
  };
}

const DIGEST = {
  name: "Content-Digest",
  in: "header",
  required: true,
  description: "RFC 9530, with sha-256",
  schema: { type: "string" },
};

function requestBody({ body, upload }: RouteSpec): Record<string, unknown> {
  const bytes = { type: "string", format: "binary" };
  if (upload !== undefined)
    return { requestBody: { required: true, content: { [upload.type]: { schema: bytes } } } };
  if (body === undefined) return {};
  return { requestBody: { required: true, content: json(schemaOf(body, "input")) } };
}

function problems(spec: RouteSpec): Record<string, unknown> {
  const codes = new Set<ErrorCode>([...ALWAYS, ...spec.errors]);
  if (spec.auth === "bearer") codes.add("unauthenticated");
  if (spec.upload !== undefined) codes.add("unsupported_media_type").add("payload_too_large");
  if (spec.body !== undefined) for (const code of WITH_BODY) codes.add(code);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const status = ERROR_STATUS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      {
        description: list.map((code) => `\`${code}\``).join(", "),
        ...(status === 429
          ? {
              headers: {
                "Retry-After": { description: "Seconds to wait", schema: { type: "integer", minimum: 1 } },
              },
            }
          : {}),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
}

function parameters(schema: z.ZodType | undefined, where: "path" | "query"): unknown[] {
  if (schema === undefined) return [];
  const described = z
    .object({ properties: z.record(z.string(), z.unknown()), required: z.array(z.string()).default([]) })
    .parse(schemaOf(schema, "input"));
  return Object.entries(described.properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === "path" || described.required.includes(name),
    schema: property,
  }));
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Record<string, unknown> {
  // OpenAPI 3.1 takes JSON Schema 2020-12 as it is, and names the dialect for the whole document.
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io, target: "draft-2020-12" });
  return described;
}

const json = (schema: unknown) => ({ "application/json": { schema } });
