import { ERROR_STATUS, type ErrorCode, type RealtimeProblem } from "@footlight/shared";
import { z } from "zod";
import { RtcRefusal } from "../stream/rtc.ts";

/** What a thrown value says to a client; of a fault of ours nothing leaves the process but its code. */
export function problemOf(thrown: unknown): RealtimeProblem {
  if (thrown instanceof z.ZodError) {
    const [issue] = thrown.issues;
    return { code: "invalid_request", detail: issue && `${issue.path.join(".")}: ${issue.message}` };
  }
  if (thrown instanceof RtcRefusal) {
    const { retryAfterS } = thrown;
    return { code: "unavailable", ...(retryAfterS === undefined ? {} : { retryAfterS }) };
  }
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return { code: isErrorCode(code) ? code : "internal_error" };
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(ERROR_STATUS, code);
}
