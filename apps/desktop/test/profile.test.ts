import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { DocumentStore } from "../src/main/document/document-store.ts";
import { LazyWriter } from "../src/main/system/json-file.ts";
import { Preferences } from "../src/main/system/preferences.ts";
import { Secrets, type Vault } from "../src/main/system/secrets.ts";
import { defaultDocument } from "../src/model/default-document.ts";

const folders: string[] = [];
let folder = "";
const fail = (error: unknown) => {
  throw error;
};
const document = defaultDocument({ displayId: null, microphoneId: null });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "footlight-profile-"));
  folders.push(folder);
});
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))));

describe("the scene collection on the disk", () => {
  it("comes back as it was saved, and leaves no drafts", async () => {
    const store = new DocumentStore(folder, fail);
    for (const name of ["one", "two", "three"]) store.save({ ...document, name });
    await store[Symbol.asyncDispose]();
    expect((await new DocumentStore(folder, fail).open()).document?.name).toBe("three");
    expect(await readdir(folder)).toEqual(["scenes.json"]);
  });

  it.each([
    ["broken", '{"version":1,"name":'],
    ["broken", '{"version":1,"name":"x","scenes":[]}'],
    ["future", '{"version":99,"name":"x"}'],
  ] as const)("that is %s is kept beside, whole", async (why, text) => {
    await writeFile(join(folder, "scenes.json"), text);
    const store = new DocumentStore(folder, fail);
    const opened = await store.open();
    expect(opened).toMatchObject({ document: undefined, aside: { why } });
    store.save(document);
    await store.flush();
    expect(await readFile(opened.aside?.path ?? "", "utf8")).toBe(text);
    expect((await store.open()).document?.name).toBe(document.name);
  });

  it("that cannot be read at all is put aside like a broken one", async () => {
    await mkdir(join(folder, "scenes.json"));
    const opened = await new DocumentStore(folder, fail).open();
    expect(opened).toMatchObject({ document: undefined, aside: { why: "broken" } });
    expect(await readdir(folder)).toEqual([basename(opened.aside?.path ?? "")]);
  });

  it("that cannot be written is told once and tried again, until the newest is there", async () => {
    const heard: string[] = [];
    const path = join(folder, "file", "scenes.json");
    await writeFile(join(folder, "file"), "in the way");
    const mended = new Promise<void>((resolve) => {
      const told = () => {
        heard.push("mended");
        resolve();
      };
      const writer = new LazyWriter(path, () => heard.push("fault"), { firstMs: 1, againMs: 5 }, told);
      const begin = async () => {
        writer.write("one");
        await writer.flush();
        await writer.flush();
        writer.write("two");
        await rm(join(folder, "file"));
      };
      void begin();
    });
    await mended;
    expect(await readFile(path, "utf8")).toBe("two");
    expect(heard).toEqual(["fault", "mended"]);
  });

  it("that cannot be written is told", async () => {
    const faults: unknown[] = [];
    const store = new DocumentStore(join(folder, "file", "x"), (error) => faults.push(error));
    await writeFile(join(folder, "file"), "in the way");
    store.save(document);
    await store.flush();
    expect(faults).toHaveLength(1);
  });
});

/** Turns bytes around: enough to see that nothing is on the disk as it was given. */
const vault: Vault = {
  isEncryptionAvailable: () => true,
  encryptString: (text) => Buffer.from(text).reverse(),
  decryptString: (bytes) => Buffer.from(bytes).reverse().toString(),
};

describe("secrets", () => {
  it("come back, and are on the disk only as the vault has them", async () => {
    const secrets = await Secrets.open(folder, vault, fail);
    secrets.set("key", "live_abc");
    secrets.set("gone", "x");
    secrets.set("gone", undefined);
    await secrets[Symbol.asyncDispose]();
    expect(await readFile(join(folder, "secrets.json"), "utf8")).not.toContain("live_abc");
    const again = await Secrets.open(folder, vault, fail);
    expect([again.get("key"), again.get("gone")]).toEqual(["live_abc", undefined]);
  });

  it.each([
    ["nothing to encipher with", { ...vault, isEncryptionAvailable: () => false }],
    ["a key that everybody knows", { ...vault, getSelectedStorageBackend: () => "basic_text" }],
  ])("with %s last as long as the studio", async (_name, poor) => {
    const secrets = await Secrets.open(folder, poor, fail);
    expect(secrets.isKept).toBe(false);
    secrets.set("key", "live_abc");
    await secrets[Symbol.asyncDispose]();
    expect(secrets.get("key")).toBe("live_abc");
    expect(await readdir(folder)).toEqual([]);
  });

  it("that are broken are told, and new ones are kept", async () => {
    await writeFile(join(folder, "secrets.json"), "{");
    const faults: unknown[] = [];
    const secrets = await Secrets.open(folder, vault, (error) => faults.push(error));
    secrets.set("key", "live_abc");
    await secrets[Symbol.asyncDispose]();
    expect(faults).toHaveLength(1);
    expect((await Secrets.open(folder, vault, fail)).get("key")).toBe("live_abc");
  });
});

describe("preferences", () => {
  it("of an older studio have the defaults of what it did not know", async () => {
    await writeFile(join(folder, "settings.json"), '{"settings":{"theme":"dark","video":{"fps":60}}}');
    const { settings } = (await Preferences.open(folder, "/videos", fail)).values;
    expect(settings).toMatchObject({ theme: "dark", video: { fps: 60, width: 1280 }, welcomed: false });
  });

  it("that are broken are kept beside new ones, and told", async () => {
    await writeFile(join(folder, "settings.json"), '{"settings":{"theme":"purple"}}');
    const faults: unknown[] = [];
    const preferences = await Preferences.open(folder, "/videos", (error) => faults.push(error));
    preferences.changeSettings({ theme: "light" });
    await preferences[Symbol.asyncDispose]();
    expect(faults).toHaveLength(1);
    expect((await readdir(folder)).filter((name) => name.includes("broken"))).toHaveLength(1);
    expect((await Preferences.open(folder, "/videos", fail)).values.settings.theme).toBe("light");
  });
});
