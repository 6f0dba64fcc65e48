import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

const LOOK_MS = 2_000;
/** Left for everybody else; a recording that reaches it ends while its end can still be written. */
const RESERVE_BYTES = 256 * 1024 * 1024;
/** Said once when so much time is left, and once more when it is the second. */
const WARN_MS = [15 * 60_000, 3 * 60_000] as const;

export type DiskReading =
  | { readonly kind: "fine"; readonly leftMs: number }
  | { readonly kind: "low"; readonly leftMs: number }
  | { readonly kind: "full" };

/** How a disk with so many free bytes stands for what is written at this rate; `warned`: how often it was said. */
export function judgeDisk(freeBytes: number, bytesPerS: number, warned: number): DiskReading {
  const usable = freeBytes - RESERVE_BYTES;
  if (usable <= 0) return { kind: "full" };
  const leftMs = (usable / Math.max(1, bytesPerS)) * 1000;
  const limit = WARN_MS[warned];
  return { kind: limit !== undefined && leftMs < limit ? "low" : "fine", leftMs };
}

/** Looks at the disk under a file every two seconds. */
export class DiskWatch {
  readonly #timer: NodeJS.Timeout;
  #warned = 0;

  constructor(path: string, bytesPerS: number, onReading: (reading: DiskReading) => void) {
    const look = async (): Promise<void> => {
      try {
        const { bavail, bsize } = await statfs(dirname(path));
        const reading = judgeDisk(bavail * bsize, bytesPerS, this.#warned);
        if (reading.kind === "low") this.#warned += 1;
        onReading(reading);
      } catch {
        // Not every file system says.
      }
    };
    this.#timer = setInterval(() => void look(), LOOK_MS);
    void look();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
