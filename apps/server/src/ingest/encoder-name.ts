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
