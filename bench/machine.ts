import { readdirSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

/** One line that every figure stands under: what it was measured on. */
export function printMachine(): void {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  console.log(
    `machine: ${processors.length} × ${processors[0]?.model.trim()}, ${memory}, Node ${process.version}`,
  );
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** CPU seconds (user and system) that a process and its living descendants have used (Linux). */
export function cpuSecondsOfTree(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, each) => sum + cpuSecondsOf(each), 0);
}

/** Resident bytes of one process. */
export function residentBytes(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  return pages * 4_096;
}

/** The kernel's clock tick is 100 Hz on every Linux that Node runs on. */
const CLOCK_TICK_HZ = 100;

/** User and system time of one process and of its children that have ended. */
export function cpuSecondsOf(pid: number): number {
  const fields = statOf(pid);
  // Own time (14, 15) and that of children that ended (16, 17), proc(5); the name may hold spaces.
  return fields === undefined
    ? 0
    : [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0) / CLOCK_TICK_HZ;
}

function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

export function descendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .trim()
      .split(" ")
      .filter(Boolean)
      .map(Number);
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
}

/** Open file descriptors: sockets, pipes, files. */
export function openDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
