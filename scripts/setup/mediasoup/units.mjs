import { basename } from "node:path";

/**
 * The worker's sources as a few large translation units: its 150 files read the same headers over and
 * over, and reading them once a unit makes the build five times as quick as one file after the other.
 * @typedef {{ path: string, text: string }} Source
 */

/** A file that specialises templates must come before those that use them. */
const FIRST = "Feedback.cpp";
/** What a file costs beside its own bytes: the headers that only it includes. */
const HEADERS = 3_000;

/**
 * The lists of a meson file hold all there is to compile. The worker's own SCTP stack is left out: it is
 * an experiment of upstream that no build uses without `ms_sctp_stack`.
 * @param {string} meson
 * @param {string} list
 */
export function listedSources(meson, list) {
  const [, body = ""] = new RegExp(`^${list} = \\[([^\\]]*)\\]`, "m").exec(meson) ?? [];
  const paths = [...body.matchAll(/'([\w/]+\.(?:cpp|cc))'/g)].map((match) => match[1] ?? "");
  return paths.filter((path) => !path.startsWith("src/RTC/SCTP/"));
}

/** Constants and the like that a file keeps for itself: two files in one unit must not share one. @param {string} text */
export function localNames(text) {
  const names = new Set();
  for (const line of text.split("\n")) {
    const match =
      /^\t?(?:inline )?(?:static|constexpr|const|thread_local)\b[^(){}=;]*?\b(\w+)\s*(?:[{=;([]|$)/.exec(
        line,
      ) ?? /^enum \{ *(\w+)/.exec(line);
    if (match?.[1] !== undefined) names.add(match[1]);
  }
  return names;
}

/**
 * Deals the files into so many units of about equal size, or more where names clash.
 * @param {readonly Source[]} sources
 * @param {number} count
 */
export function groupSources(sources, count) {
  /** @typedef {{ size: number, sources: Source[], names: Set<string> }} Unit */
  const open = () => /** @type {Unit} */ ({ size: 0, sources: [], names: new Set() });
  const units = Array.from({ length: count }, open);
  const first = sources.filter(({ path }) => basename(path) === FIRST);
  for (const source of [...first, ...sources.filter((each) => !first.includes(each))]) {
    const names = localNames(source.text);
    const fitting = units.filter((unit) => ![...names].some((name) => unit.names.has(name)));
    const unit = fitting.sort((a, b) => a.size - b.size)[0] ?? open();
    if (!units.includes(unit)) units.push(unit);
    unit.size += source.text.length + HEADERS;
    unit.sources.push(source);
    for (const name of names) unit.names.add(name);
  }
  return units.map((unit) => unit.sources).filter((unit) => unit.length > 0);
}

/** One unit's text. Macros end with the file that defines them. @param {readonly Source[]} sources */
export function unitText(sources) {
  return sources
    .map(({ path, text }) => {
      const macros = new Set([...text.matchAll(/^[ \t]*#define (\w+)/gm)].map((match) => match[1]));
      return [`#include ${JSON.stringify(path)}`, ...[...macros].map((name) => `#undef ${name}`), ""].join(
        "\n",
      );
    })
    .join("");
}
