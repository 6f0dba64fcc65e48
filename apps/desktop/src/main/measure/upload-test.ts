import { randomBytes } from "node:crypto";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { UploadTestAnswer } from "@footlight/shared";
import type { z } from "zod";
import type { UploadResult } from "../../contract/studio-calls.ts";
import type { uploadTestSchema } from "../../contract/studio-topics.ts";

type Course = NonNullable<z.infer<typeof uploadTestSchema>>;

/** Goes through a slow line in seconds, and through a fast one before TCP has found its pace. */
const FIRST_BYTES = 256 * 1024;
/** What a later upload is made for, and what it has to last at least to be believed. */
const AIM_MS = 4_000;
const ENOUGH_MS = 1_500;
const MOST_BYTES = 24 * 1024 * 1024;
const MOST_UPLOADS = 4;
/** The server counts for 15 s (UPLOAD_TEST_LIMITS) and answers then. */
const DEADLINE_MS = 20_000;
const CHUNK_BYTES = 16 * 1024;
const COURSE_MS = 100;

/**
 * How fast the way to the server is: uploads one after the other on one connection, each larger than the one before,
 * until one lasted long enough. Only the last counts, as the server saw it: by then TCP has found its pace, and what
 * this machine's buffers swallowed is not taken for sent.
 */
export async function testUpload(
  sink: { readonly url: string; readonly token: string },
  onCourse: (course: Course) => void,
  signal: AbortSignal,
): Promise<UploadResult> {
  using line = new Line(sink);
  let bytes = FIRST_BYTES;
  let before = 0;
  /** What an earlier upload showed: this one's own pace is that of buffers until it is through. */
  let bpsSoFar = 0;
  let bytesSoFar = 0;
  for (let upload = 1; ; upload++) {
    // An upload that may not be the last fills a part of what is left of the bar.
    const share = (1 - before) * (upload === 1 ? 0.15 : 0.85);
    const answer = await line.send(bytes, signal, (sentBytes) =>
      onCourse({ progress: before + (share * sentBytes) / bytes, bps: bpsSoFar }),
    );
    // A server that has had enough of it takes no figure back; who cancelled wants none.
    if (answer.result === "failed" && bpsSoFar > 0 && answer.fault === "too_often")
      return { result: "measured", bps: bpsSoFar, bytes: bytesSoFar };
    if (answer.result !== "counted") return answer;
    const { durationMs, counted } = answer;
    const bps = Math.round((counted * 8_000) / Math.max(1, durationMs));
    const isSlow = upload === 1 && durationMs >= AIM_MS;
    if (isSlow || (upload > 1 && durationMs >= ENOUGH_MS) || counted < bytes || bytes === MOST_BYTES)
      return { result: "measured", bps, bytes: counted };
    if (upload === MOST_UPLOADS) return { result: "measured", bps, bytes: counted };
    before += share;
    bpsSoFar = bps;
    bytesSoFar = counted;
    bytes = Math.min(MOST_BYTES, Math.max(FIRST_BYTES, Math.ceil((bps * AIM_MS) / 8_000)));
  }
}

type Sent =
  | { readonly result: "counted"; readonly counted: number; readonly durationMs: number }
  | Exclude<UploadResult, { result: "measured" }>;

const failed = (
  fault: Extract<UploadResult, { result: "failed" }>["fault"],
  retryAfterS: number | null = null,
): Sent => ({ result: "failed", fault, retryAfterS });

/** One connection to the sink, for uploads one after the other. */
class Line implements Disposable {
  readonly #isTls: boolean;
  readonly #agent: HttpAgent;
  readonly #noise = randomBytes(CHUNK_BYTES);

  constructor(private readonly sink: { readonly url: string; readonly token: string }) {
    this.#isTls = sink.url.startsWith("https:");
    this.#agent = new (this.#isTls ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 1 });
  }

  send(bytes: number, signal: AbortSignal, onSent: (bytes: number) => void): Promise<Sent> {
    if (signal.aborted) return Promise.resolve({ result: "cancelled" });
    return new Promise((resolve) => {
      let leftBytes = bytes;
      let sentBytes = 0;
      const request = (this.#isTls ? httpsRequest : httpRequest)(this.sink.url, {
        method: "POST",
        agent: this.#agent,
        signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
        headers: {
          authorization: `Bearer ${this.sink.token}`,
          "content-type": "application/octet-stream",
          "content-length": bytes,
        },
      });
      const course = setInterval(() => onSent(sentBytes), COURSE_MS);
      const settle = (sent: Sent) => {
        clearInterval(course);
        resolve(sent);
      };
      const write = () => {
        while (leftBytes > 0 && !request.destroyed) {
          const chunk = this.#noise.subarray(0, Math.min(CHUNK_BYTES, leftBytes));
          leftBytes -= chunk.length;
          const goesOn = request.write(chunk, () => {
            sentBytes += chunk.length;
          });
          if (!goesOn) return;
        }
        request.end();
      };
      request.on("drain", write);
      request.on("response", (response) => {
        response.setEncoding("utf8").on("error", () => settle(failed("unreachable")));
        void response.toArray().then(
          (texts) => {
            const { statusCode = 0, headers } = response;
            settle(readAnswer(statusCode, texts.join(""), headers["retry-after"]));
          },
          () => settle(failed("unreachable")),
        );
      });
      // After the answer this is the server that stops reading.
      request.on("error", () => settle(signal.aborted ? { result: "cancelled" } : failed("unreachable")));
      write();
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

function readAnswer(status: number, text: string, retryAfter: string | undefined): Sent {
  if (status === 401 || status === 403) return failed("signed_out");
  if (status === 429) return failed("too_often", Math.max(1, Number(retryAfter) || 60));
  if (status !== 200) return failed("no_sink");
  try {
    const { bytes, duration_ms } = UploadTestAnswer.parse(JSON.parse(text));
    return { result: "counted", counted: bytes, durationMs: duration_ms };
  } catch {
    return failed("no_sink");
  }
}
