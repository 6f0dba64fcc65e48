import type { z } from "zod";
import { type CloseCode, closeCode } from "./messages.ts";

export type Read<T> = { readonly value: T } | { readonly code: CloseCode; readonly reason: string };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const bad = (code: CloseCode, reason: string) => ({ code, reason });

/** `op` and `d` of a message, or with which code of the protocol its sender is let go. */
export function readEnvelope(
  message: unknown,
): Read<{ readonly op: number; readonly d: Record<string, unknown> }> {
  if (!isObject(message)) return bad(closeCode.messageDecodeError, "a message is an object");
  const { op, d } = message;
  if (typeof op !== "number") return bad(closeCode.unknownOp, "op is missing or no number");
  if (d === undefined) return bad(closeCode.missingDataField, "d is missing");
  if (!isObject(d)) return bad(closeCode.invalidDataFieldType, "d is no object");
  return { value: { op, d } };
}

/** A client of version 4, which knows nothing of `op`. */
export const isOfVersion4 = (message: unknown): boolean => isObject(message) && "request-type" in message;

/** What `d` says. */
export function readPayload<S extends z.ZodType>(schema: S, d: unknown): Read<z.infer<S>> {
  const parsed = schema.safeParse(d, { reportInput: true });
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") ?? "";
  const isMissing = issue?.input === undefined;
  if (isMissing) return bad(closeCode.missingDataField, `${field} is missing`);
  return issue?.code === "invalid_type"
    ? bad(closeCode.invalidDataFieldType, `${field} is of another type`)
    : bad(closeCode.invalidDataFieldValue, `${field} has a wrong value`);
}
