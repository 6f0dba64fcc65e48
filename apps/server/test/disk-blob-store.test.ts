import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiskBlobStore } from "../src/platform/blob/disk-blob-store.ts";

let folder: string;
let store: DiskBlobStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "blobs-"));
  store = await DiskBlobStore.create(join(folder, "deep", "blobs"));
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true, force: true });
});

describe("blobs on disk", () => {
  it("keeps pieces as one blob, replaces it whole, and leaves nothing temporary", async () => {
    await store.put("streams/a/720p/1.m4s", [Buffer.from("ab"), Buffer.from("cd")]);
    await store.put("streams/a/720p/1.m4s", Buffer.from("new"));
    expect(Buffer.from((await store.get("streams/a/720p/1.m4s")) ?? "").toString()).toBe("new");
    expect(await readdir(join(folder, "deep/blobs/streams/a/720p"))).toEqual(["1.m4s"]);
    expect(await store.get("streams/a/720p/2.m4s")).toBeUndefined();
  });

  it("deletes keys and prefixes, absent ones too", async () => {
    await store.put("streams/a/1", Buffer.from("x"));
    await store.put("streams/ab/1", Buffer.from("x"));
    await store.delete(["streams/a/1", "streams/a/2"]);
    expect(await store.get("streams/a/1")).toBeUndefined();
    await store.deletePrefix("streams/a/");
    await store.deletePrefix("streams/none/");
    expect(await store.get("streams/ab/1")).toBeDefined();
    await expect(store.deletePrefix("streams")).rejects.toMatchObject({ code: "denied" });
  });

  it.each(["../x", "a/../../x", "/etc/passwd", "a//b", "", ".hidden", "a/b\0c", "a\\b"])(
    "refuses the key %j",
    async (key) => {
      await expect(store.put(key, Buffer.from("x"))).rejects.toMatchObject({
        name: "BlobError",
        code: "denied",
      });
      await expect(store.get(key)).rejects.toMatchObject({ code: "denied" });
    },
  );

  it("tells what is wrong: a folder that is a file", async () => {
    await writeFile(join(folder, "file"), "x");
    await expect(DiskBlobStore.create(join(folder, "file"))).rejects.toMatchObject({ code: "io" });
  });

  it("says how much is free", async () => {
    expect(await store.freeBytes()).toBeGreaterThan(0);
  });
});
