import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip, gzipSync } from "node:zlib";

/** Below this a compression takes less than a turn of the event loop is worth. */
const SYNC_BYTES = 32 * 1024;

/** One version of a playlist: serialised once, compressed at most once, shared by all who ask. */
export class PlaylistBody {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly gzipEtag: string;
  #gzip: Buffer | Promise<Buffer> | undefined;

  constructor(text: string) {
    this.bytes = Buffer.from(text, "utf8");
    const hash = createHash("sha1").update(this.bytes).digest("base64url");
    this.etag = `"${hash}"`;
    // Another representation, so another strong tag (RFC 9110 §8.8.3.3).
    this.gzipEtag = `"${hash}-gz"`;
  }

  gzip(): Buffer | Promise<Buffer> {
    if (this.#gzip !== undefined) return this.#gzip;
    if (this.bytes.length <= SYNC_BYTES) {
      this.#gzip = gzipSync(this.bytes);
      return this.#gzip;
    }
    const pending = promisify(gzip)(this.bytes);
    this.#gzip = pending;
    return pending;
  }
}
