import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import ffmpeg, { type FfmpegCommand } from "fluent-ffmpeg";

export class FfmpegJobError extends Error {
  override readonly name = "FfmpegJobError";
}

export interface Job {
  readonly path: string;
  /** Bytes for stdin, or a source of ffmpeg's own. */
  readonly input: { readonly bytes: Uint8Array } | { readonly lavfi: string };
  readonly inputOptions: readonly string[];
  /** Ends with `-f` and a format: fluent-ffmpeg's own format check misreads newer versions' lists. */
  readonly outputOptions: readonly string[];
  readonly timeoutMs: number;
  readonly maxBytes?: number;
}

/** Runs ffmpeg once, to its end; what it writes to stdout. Rejects with `FfmpegJobError`. */
export async function runJob(job: Job): Promise<Buffer> {
  await mustRun(job.path);
  return collect(job);
}

/** fluent-ffmpeg 2.1.3 throws out of an event handler when its binary is not there, so it is looked for first. */
async function mustRun(path: string): Promise<void> {
  try {
    if (path.includes("/")) await access(path, constants.X_OK);
    else await promisify(execFile)(path, ["-version"], { timeout: 5_000 });
  } catch (cause) {
    throw new FfmpegJobError(`${path} cannot be run`, { cause });
  }
}

function collect(job: Job): Promise<Buffer> {
  const { promise, resolve, reject } = withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  // fluent-ffmpeg counts whole seconds, and ends with SIGKILL.
  const command: FfmpegCommand = ffmpeg({ timeout: Math.ceil(job.timeoutMs / 1_000) }).setFfmpegPath(
    job.path,
  );
  if ("bytes" in job.input) command.input(Readable.from([Buffer.from(job.input.bytes)]));
  else command.input(job.input.lavfi).inputOptions(["-f", "lavfi"]);
  command.inputOptions([...job.inputOptions]);
  command.outputOptions(["-loglevel", "error", ...job.outputOptions]);
  command.on("error", (error: Error, _stdout, stderr) => {
    const words = String(stderr ?? "")
      .trim()
      .split("\n")
      .slice(-3)
      .join(" ");
    reject(new FfmpegJobError(`${error.message} ${words}`.trim(), { cause: error }));
  });
  command.on("end", () => resolve(Buffer.concat(chunks)));
  command.pipe().on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > (job.maxBytes ?? 8 * 1024 * 1024)) command.kill("SIGKILL");
  });
  return promise;
}

/** Node 20 has no `Promise.withResolvers`. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
