/** What an operator can cure by doing what the message says; anything else is a defect. */
export class SetupError extends Error {}

const began = performance.now();

/** One line of progress with the seconds since the start. */
export function say(/** @type {string} */ text) {
  const seconds = ((performance.now() - began) / 1_000).toFixed(1).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

/**
 * Announces a step that takes a while, and how long it took.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 */
export async function step(name, work) {
  say(`${name} …`);
  const from = performance.now();
  const result = await work();
  say(`${name}: done in ${((performance.now() - from) / 1_000).toFixed(1)} s`);
  return result;
}
