import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataDir } from "../src/platform/data-dir.ts";

let base: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "footlight-data-"));
});
afterEach(async () => {
  await rm(base, { recursive: true, force: true });
});

describe("DataDir", () => {
  it("makes the folder, private to its user, and lets go of it", async () => {
    const first = await DataDir.open(join(base, "a", "b"));
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await using second = await DataDir.open(join(base, "a", "b"));
    expect(second.path).toMatch(/a\/b$/);
  });

  it("refuses a second server, by whatever path it comes", async () => {
    await using held = await DataDir.open(base);
    await expect(DataDir.open(join(held.path, "x", ".."))).rejects.toMatchObject({
      code: "data_dir_in_use",
      message: expect.stringContaining(String(process.pid)),
    });
  });

  it("is free again when its holder was killed", async () => {
    const source = new URL("../src/platform/data-dir.ts", import.meta.url);
    const holder = spawn(
      process.execPath,
      [
        "--import",
        "tsx",
        "--input-type=module",
        "-e",
        `const { DataDir } = await import(${JSON.stringify(source.href)});
         await DataDir.open(${JSON.stringify(base)}); console.log("held"); setInterval(() => {}, 1000);`,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(holder.stdout, "data");
    await expect(DataDir.open(base)).rejects.toMatchObject({
      code: "data_dir_in_use",
      message: expect.stringContaining(String(holder.pid)),
    });
    holder.kill("SIGKILL");
    await once(holder, "close");

    const tries = await Promise.allSettled([1, 2, 3, 4].map(() => DataDir.open(base)));
    const won = tries.filter((result) => result.status === "fulfilled");
    expect(won).toHaveLength(1);
    for (const { value } of won) await value[Symbol.asyncDispose]();
    expect(await readdir(base)).toEqual([]);
  });

  it("locks a folder whose path is longer than a socket's may be", async () => {
    const long = join(base, "d".repeat(120));
    await using _held = await DataDir.open(long);
    await expect(DataDir.open(long)).rejects.toMatchObject({ code: "data_dir_in_use" });
  });

  it("says what to do where the folder is a file or closed to this user", async () => {
    const file = join(base, "file");
    await writeFile(file, "");
    await expect(DataDir.open(file)).rejects.toMatchObject({
      code: "data_dir_unusable",
      message: expect.stringMatching(/DATA_DIR.*EEXIST.*set DATA_DIR/),
    });
    if (process.getuid?.() === 0) return;
    await chmod(base, 0o500);
    await expect(DataDir.open(join(base, "inner"))).rejects.toMatchObject({ code: "data_dir_unusable" });
    await chmod(base, 0o700);
  });
});
