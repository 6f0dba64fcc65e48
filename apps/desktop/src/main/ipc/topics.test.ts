import { describe, expect, it } from "vitest";
import { Topics } from "./topics.ts";

const account = (server: string) => ({ server, username: null, keepsSecrets: true });

describe("topics", () => {
  it("tell a new listener what there is, then each change until it leaves", () => {
    const topics = new Topics();
    topics.publish("account", account("a"));
    const heard: unknown[] = [];
    const leave = topics.listen((_topic, snapshot) => heard.push(snapshot));
    topics.publish("account", account("b"));
    leave();
    topics.publish("account", account("c"));
    expect(heard).toEqual([account("a"), account("b")]);
  });

  it("end with the newest for everybody, also when a listener causes it", () => {
    const topics = new Topics();
    const heard: unknown[] = [];
    topics.listen(() => {
      if (topics.latest("account")?.server === "old") topics.publish("account", account("new"));
    });
    topics.listen((_topic, snapshot) => heard.push(snapshot));
    topics.publish("account", account("old"));
    expect(heard).toEqual([account("new")]);
  });

  it("let nothing out that the contract does not name", () => {
    const topics = new Topics();
    topics.publish("account", { ...account("a"), token: "s3cret" } as never);
    expect(JSON.stringify(topics.latest("account"))).not.toContain("s3cret");
  });

  it("keep the newest twenty of what happened, numbered", () => {
    const topics = new Topics();
    for (let each = 0; each < 25; each++) topics.tell("recording_saved", String(each));
    const news = topics.latest("news") ?? [];
    expect([news.length, news[0]?.number, news.at(-1)?.number]).toEqual([20, 6, 25]);
  });
});
