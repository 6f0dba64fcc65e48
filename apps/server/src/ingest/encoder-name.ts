import { STUDIO_ENCODER } from "@footlight/shared";

/** An encoder's own name, fit for a log and a page: printable, short; undefined when nothing is left. */
export function cleanName(name: unknown): string | undefined {
  if (typeof name !== "string") return undefined;
  const clean = name
    .slice(0, 200)
    .replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "")
    .trim()
    .slice(0, 100);
  return clean === "" ? undefined : clean;
}

const AGENTS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bFootlightStudio\/(\S+)/, STUDIO_ENCODER],
  [/\bElectron\/(\d+)/, "Electron"],
  [/\bEdg\w*\/(\d+)/, "Edge"],
  [/\bOPR\/(\d+)/, "Opera"],
  [/\bFirefox\/(\d+)/, "Firefox"],
  [/Chrome\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+)\S* .*\bSafari\//, "Safari"],
];

/** A `User-Agent` as a streamer would say it: the studio's or a browser's name and version, else its own words. */
export function nameOfAgent(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined || !userAgent.startsWith("Mozilla/")) return cleanName(userAgent);
  for (const [pattern, name] of AGENTS) {
    const version = pattern.exec(userAgent.slice(0, 500))?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return cleanName(userAgent);
}
