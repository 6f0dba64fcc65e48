import { readdirSync, readFileSync } from "node:fs";
import { cpuSecondsOf } from "./machine.ts";

/** What a program's processes have used, by what they are: `renderer`, `gpu-process`, `ffmpeg` … */
export type Usage = ReadonlyMap<string, { readonly cpuSeconds: number; readonly pssBytes: number }>;

/** Of a process and all that it has started and that still lives. */
export function usageOfTree(pid: number): Usage {
  const usage = new Map<string, { cpuSeconds: number; pssBytes: number }>();
  for (const each of treeOf(pid)) {
    const role = roleOf(each);
    const sum = usage.get(role) ?? { cpuSeconds: 0, pssBytes: 0 };
    sum.cpuSeconds += cpuSecondsOf(each);
    sum.pssBytes += pssBytesOf(each);
    usage.set(role, sum);
  }
  return usage;
}

/** By the parents of all that runs: Chromium starts some of its processes from other threads than its first. */
function treeOf(root: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(Number(name))] as const);
  const found = [root];
  for (const parent of found) found.push(...parents.filter(([, of]) => of === parent).map(([pid]) => pid));
  return found;
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return -1;
  }
}

export const total = (usage: Usage, of: "cpuSeconds" | "pssBytes"): number =>
  [...usage.values()].reduce((sum, each) => sum + each[of], 0);

/** Each role's share of a core between two readings, in per cent. */
export function percentByRole(
  before: Usage,
  after: Usage,
  seconds: number,
): [role: string, percent: number][] {
  return [...after]
    .map(([role, { cpuSeconds }]): [string, number] => [
      role,
      ((cpuSeconds - (before.get(role)?.cpuSeconds ?? 0)) * 100) / seconds,
    ])
    .sort(([, a], [, b]) => b - a);
}

/** Chromium names its processes on the command line; renderers are told apart by what they were started as. */
function roleOf(pid: number): string {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    const type = /--type=([\w-]+)/.exec(command)?.[1];
    const service = /--utility-sub-type=([\w.]+)/.exec(command)?.[1]?.split(".").at(-1);
    if (type === "renderer") return `renderer ${/--renderer-client-id=(\d+)/.exec(command)?.[1]}`;
    return service ?? type ?? readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "gone";
  }
}

/** Its own memory and its share of what it shares (proc(5), smaps_rollup). */
function pssBytesOf(pid: number): number {
  try {
    const [, kib = "0"] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    return Number(kib) * 1_024;
  } catch {
    return 0;
  }
}
