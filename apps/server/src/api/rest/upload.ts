import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";
import { ApiError } from "../api-error.ts";

/** The bytes of an upload that fits; `payload_too_large` as soon as it is known not to. */
export async function readUpload(
  request: FastifyRequest,
  upload: Readable | undefined,
  maxBytes: number,
): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw new ApiError("payload_too_large");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of upload ?? []) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxBytes) throw new ApiError("payload_too_large");
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, bytes);
}

/** SHA-256 out of `Content-Digest: sha-256=:BASE64:` (RFC 9530 §2), hex; other algorithms beside it are skipped. */
export function sha256Of(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header.join(",") : (header ?? "");
  const base64 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(text)?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("hex");
}
