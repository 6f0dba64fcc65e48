import { readFile, rm, writeFile } from "node:fs/promises";
import { DatabaseError } from "./database-error.ts";

export interface FolderLock {
  release(): Promise<void>;
}

/** Locks of this very process: its own pid in a file is only stale if it is not in here. */
const held = new Set<string>();

/**
 * The embedded database has no lock of its own, and two processes on one folder destroy it. The
 * file names its holder by pid and start time, so that neither a crash nor a reused pid (1 in a
 * container) locks anybody out.
 */
export async function lockFolder(file: string): Promise<FolderLock> {
  const self = await identify(process.pid);
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      await writeFile(file, self, { flag: "wx" });
      held.add(file);
      return {
        release: async () => {
          if (held.delete(file)) await rm(file, { force: true });
        },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = await readFile(file, "utf8").catch(() => "");
    const pid = Number.parseInt(holder, 10);
    const alive = held.has(file) || (pid > 0 && pid !== process.pid && (await identify(pid)) === holder);
    if (alive) {
      throw new DatabaseError(
        "in_use",
        `Another server (process ${pid}) is using this DATA_DIR (${file}). Stop it, or choose another DATA_DIR.`,
      );
    }
    await rm(file, { force: true });
  }
  throw new DatabaseError("in_use", `Cannot lock ${file}: somebody else keeps taking it.`);
}

/** `PID START`, START being the kernel's start time where there is /proc; `` for a dead process. */
async function identify(pid: number): Promise<string> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return "";
  }
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  // Field 22 of proc(5) stat; the second field may hold blanks, so count from its bracket.
  const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return `${pid} ${start} ${boot.trim()}`;
}
