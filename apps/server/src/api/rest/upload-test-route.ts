import type { Readable } from "node:stream";
import { UPLOAD_TEST_LIMITS, UploadTestAnswer, type UserId } from "@footlight/shared";
import type { z } from "zod";
import type { Clock } from "../../platform/clock.ts";
import { ApiError } from "../api-error.ts";
import { RateLimit } from "../rate-limit.ts";
import { type RestRoute, route } from "./route.ts";

/** A sink for a studio that wants to know its line: bytes are counted and forgotten. */
export function uploadTestRoute(clock: Pick<Clock, "monotonicMs">): RestRoute {
  const limit = new RateLimit(UPLOAD_TEST_LIMITS.aMinute, clock);
  const running = new Set<UserId>();

  return route(
    {
      method: "POST",
      path: "/upload-test",
      operationId: "testUpload",
      summary: `Measure the way to the server by at most ${UPLOAD_TEST_LIMITS.bytes / 2 ** 20} MiB, or what comes in ${UPLOAD_TEST_LIMITS.durationMs / 1_000} s`,
      auth: "bearer",
      upload: { type: "application/octet-stream", digest: false },
      status: 200,
      answer: UploadTestAnswer,
      errors: ["invalid_request"],
    },
    async ({ upload, account }) => {
      if (account === undefined) throw new ApiError("unauthenticated");
      if (upload === undefined) throw new ApiError("invalid_request");
      const { userId } = account;
      // Two at once would measure each other.
      const retryAfterS = running.has(userId) ? 1 : limit.take(userId);
      if (retryAfterS !== undefined) throw new ApiError("rate_limited", { retryAfterS });
      running.add(userId);
      try {
        return await measure(upload, clock);
      } finally {
        running.delete(userId);
      }
    },
  );
}

/** Ends with the upload, or at a bound: the rest is not read, and its answer ends the connection. */
function measure(
  upload: Readable,
  clock: Pick<Clock, "monotonicMs">,
): Promise<z.input<typeof UploadTestAnswer>> {
  return new Promise((resolve) => {
    let bytes = 0;
    let firstMs: number | undefined;
    let lastMs = 0;
    const finish = () => {
      clearTimeout(timer);
      upload.off("data", count).pause();
      const durationMs = lastMs - (firstMs ?? lastMs);
      resolve({
        bytes,
        duration_ms: Math.round(durationMs * 10) / 10,
        bps: durationMs < 1 ? 0 : Math.round((bytes * 8_000) / durationMs),
      });
    };
    const count = (chunk: Buffer) => {
      lastMs = clock.monotonicMs();
      firstMs ??= lastMs;
      bytes += chunk.length;
      if (bytes >= UPLOAD_TEST_LIMITS.bytes) finish();
    };
    const timer = setTimeout(finish, UPLOAD_TEST_LIMITS.durationMs);
    // A client that goes away in the middle is answered too; nobody hears it.
    upload.on("data", count).once("end", finish).once("error", finish).once("close", finish);
  });
}
