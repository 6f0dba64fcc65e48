import { expect, it } from "vitest";
import type { TopicSnapshot } from "../../contract/studio-topics.ts";
import type { ServerClient } from "../account/server-client.ts";
import { AudienceWatch } from "./audience-watch.ts";

type Answer = Awaited<ReturnType<ServerClient["dashboard"]>>;

const audience = {
  viewers: 3,
  clock: "capture" as const,
  stallRatio: null,
  droppedRatio: null,
  tiers: [],
  qualities: [],
};

it("tells what the server says until there is nothing to watch, and forgets no viewers when it is silent", async () => {
  const told: TopicSnapshot<"audience">[] = [];
  const answers: Answer[] = [
    { ok: true, value: { audience, health: null } },
    { ok: false, fault: "unreachable" },
    { ok: true, value: { audience: { ...audience, viewers: 4 }, health: null } },
  ];
  let asked = 0;
  await new Promise<void>((resolve) => {
    const watch = new AudienceWatch((snapshot) => told.push(snapshot), 1);
    const client = {
      dashboard: async () => {
        const answer = answers[asked++];
        if (answer) return answer;
        watch.watch(undefined);
        resolve();
        return { ok: false as const, fault: "unreachable" as const };
      },
    };
    watch.watch(client);
    watch.watch(client);
  });
  expect(asked).toBe(4);
  expect(told.map((one) => one?.viewers ?? null)).toEqual([null, 3, 4, null]);
});
