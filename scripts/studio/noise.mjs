import { createInterface } from "node:readline";

/** What Chromium says of a machine without a desktop, and its codecs of themselves: nothing that anybody can mend. */
const NOISE = [
  /^\[\d+:[\d/.]+:\w+:(?:[^\s(]*\/)?(?:bus|object_proxy|viz_main_impl)\.cc\(\d+\)\]/,
  /^\[\d+:[\d/.]+:\w+:[^\s(]*dbus[^\s(]*\(\d+\)\]/,
  /^\[OpenH264\] /,
];

/** @param {string} line */
export const isNoise = (line) => NOISE.some((kind) => kind.test(line));

/**
 * Passes all lines on that tell something.
 * @param {NodeJS.ReadableStream} from
 * @param {NodeJS.WritableStream} to
 */
export function passOn(from, to) {
  createInterface({ input: from }).on("line", (line) => {
    if (!isNoise(line)) to.write(`${line}\n`);
  });
}
