import { spawn } from "node:child_process";
import { root } from "./paths.mjs";
import { SetupError } from "./progress.mjs";

/**
 * Runs a program to its end, quietly; when it fails, its output is the message.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, signal?: AbortSignal }} [options]
 */
export function run(command, args, { cwd = root, env = process.env, onLine, signal } = {}) {
  return new Promise((/** @type {(output: string) => void} */ resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      ...(signal === undefined ? {} : { signal }),
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output = (output + chunk).slice(-20_000);
        for (const line of String(chunk).split("\n")) if (line !== "") onLine?.(line);
      });
    }
    child.on("error", (error) => reject(new SetupError(`${command} cannot be started: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new SetupError(`${command} ${args.join(" ")} ended with ${signal ?? code}:\n${output}`));
    });
  });
}
