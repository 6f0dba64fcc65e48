import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TopicSnapshot } from "../src/contract/studio-topics.ts";
import type { Collections } from "../src/main/document/collections.ts";
import type { DocumentKeeper } from "../src/main/document/document-keeper.ts";
import { openDocument } from "../src/main/document/open-document.ts";
import { Topics } from "../src/main/ipc/topics.ts";
import { DisposalStack } from "../src/main/system/disposal.ts";
import { defaultDocument } from "../src/model/default-document.ts";

const fresh = () => Promise.resolve(defaultDocument({ displayId: null, microphoneId: null }));
let folder = "";
let topics: Topics;
let stack: DisposalStack;
let keeper: DocumentKeeper;
let collections: Collections;

const open = async () => {
  topics = new Topics();
  stack = new DisposalStack((_name, error) => {
    throw error;
  });
  ({ keeper, collections } = await openDocument(folder, topics, stack, fresh));
};
const again = async () => {
  await stack[Symbol.asyncDispose]();
  await open();
};
const names = () => collections.all.map(({ name }) => name);
const idOf = (name: string) => collections.all.find((each) => each.name === name)?.id ?? "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "footlight-collections-"));
  await open();
});
afterEach(async () => {
  await stack[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

describe("scene collections", () => {
  it("lie beside each other, and the one that was open last comes back", async () => {
    expect(names()).toEqual(["My scenes"]);
    await collections.create("Talk show");
    keeper.do({ kind: "scene-add", sceneId: "x", name: "Sofa" });
    await collections.duplicate("Talk show");
    expect(names()).toEqual(["My scenes", "Talk show", "Talk show 2"]);
    await again();
    expect(keeper.document.name).toBe("Talk show 2");
    expect(keeper.document.scenes.map(({ name }) => name)).toEqual(["Scene", "Sofa"]);
    expect(topics.latest("collections")?.open).toBe(idOf("Talk show 2"));
  });

  it("are switched with everything that was done, and undo stays within one", async () => {
    await collections.create("Other");
    keeper.do({ kind: "scene-add", sceneId: "x", name: "Only here" });
    expect(await collections.open(idOf("My scenes"))).toBeNull();
    expect(keeper.undo()).toBe(false);
    expect(keeper.document.scenes).toHaveLength(1);
    await collections.open(idOf("Other"));
    expect(keeper.document.scenes.map(({ name }) => name)).toContain("Only here");
    expect(await collections.open("nowhere")).toBe("unknown");
  });

  it("are renamed without taking another one's name", async () => {
    await collections.create("Other");
    collections.rename("My scenes");
    expect(names()).toEqual(["My scenes", "My scenes 2"]);
    await again();
    expect(names()).toEqual(["My scenes", "My scenes 2"]);
  });

  it("are removed but the last one, and a removed file is kept aside", async () => {
    expect(await collections.remove(collections.current.id)).toBe("last");
    await collections.create("Other");
    expect(await collections.remove(collections.current.id)).toBeNull();
    expect([keeper.document.name, names()]).toEqual(["My scenes", ["My scenes"]]);
    expect((await readdir(folder)).filter((name) => name.includes(".removed-"))).toHaveLength(1);
  });

  it("that are broken or of a newer studio are told and not opened", async () => {
    await collections.create("Other");
    await collections.open(idOf("My scenes"));
    const file = `scenes-${idOf("Other")}.json`;
    await writeFile(join(folder, file), '{"version":99,"name":"Tomorrow"}');
    await again();
    expect(names()).toEqual(["My scenes", "Tomorrow"]);
    const news: TopicSnapshot<"news">[number][] = [];
    topics.listen((topic) => topic === "news" && news.push(...(topics.latest("news") ?? [])));
    expect(await collections.open(idOf("Tomorrow"))).toBe("future");
    expect([keeper.document.name, names()]).toEqual(["My scenes", ["My scenes"]]);
    expect(news.map(({ code }) => code)).toEqual(["document_from_future"]);
    expect(await readFile(news[0]?.detail ?? "", "utf8")).toContain("Tomorrow");
  });

  it("of which the one that was open last is gone leave a fresh one", async () => {
    await writeFile(join(folder, "collections.json"), '{"open":"../../etc/passwd"}');
    await again();
    expect(keeper.document.name).toBe("My scenes");
  });
});
