import { recordedOffer } from "@footlight/protocols/testing/recorded-offers.ts";
import type { StreamId, Username } from "@footlight/shared";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sendProblem } from "../http/error-answers.ts";
import { problemOf } from "../http/problem.ts";
import type { RtcSession } from "../stream/rtc.ts";
import { registerWhep } from "./whep-endpoint.ts";

const OFFER = recordedOffer("chromium-viewer");
const LIVE = new Set(["aVkR93bTq0LmZx7d", "olivias_stream", "rehearsal0000001", "mallory_1234"]);
/** Mallory took the name that is the id of another's stream; Ready's stream has not begun. */
const OPEN: Record<string, string> = {
  olivia: "olivias_stream",
  rita: "rehearsal0000001",
  mallory_1234: "aVkR93bTq0LmZx7d",
  ready: "notlive000000001",
};

let app: FastifyInstance;
let watched: StreamId[];
beforeEach(async () => {
  watched = [];
  app = Fastify();
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error)));
  await registerWhep(app, {
    engine: {
      watch: async (streamId) => {
        watched.push(streamId);
        return someSession();
      },
    },
    offersUltra: (streamId) => LIVE.has(streamId),
    streamOf: async (username: Username) => OPEN[username] as StreamId | undefined,
    allows: (streamId, { authorization }) => streamId !== OPEN["rita"] || authorization === "Bearer rita",
  });
});
afterEach(() => app.close());

const someSession = (): RtcSession => ({
  answer: "v=0\r\nanswer\r\n",
  iceTag: "tag",
  closed: new AbortController().signal,
  restartIce: async () => "",
  close: () => {},
});

async function post(name: string, headers: Record<string, string> = {}) {
  const { statusCode } = await app.inject({
    ...{ method: "POST", url: `/whep/${name}`, payload: OFFER },
    headers: { "content-type": "application/sdp", ...headers },
  });
  return [statusCode, ...watched.splice(0)];
}

describe("the name of what is watched", () => {
  it("is a stream's id, or its channel's username", async () => {
    expect(await post("aVkR93bTq0LmZx7d")).toEqual([201, "aVkR93bTq0LmZx7d"]);
    expect(await post("olivia")).toEqual([201, "olivias_stream"]);
  });

  it("stays a live stream's own, whoever takes it as a username", async () => {
    expect(await post("mallory_1234")).toEqual([201, "mallory_1234"]);
  });

  it("is not found where nobody is live by it", async () => {
    for (const name of ["nobody", "ready", "notlive000000001", "Olivia", "..%2f"]) {
      expect(await post(name), name).toEqual([404]);
    }
  });

  it("tells nobody else of a rehearsal", async () => {
    for (const name of ["rehearsal0000001", "rita"]) {
      expect(await post(name), name).toEqual([404]);
      expect(await post(name, { authorization: "Bearer rita" }), name).toEqual([201, "rehearsal0000001"]);
    }
  });
});
