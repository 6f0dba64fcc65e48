import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackfillPlan, BackfillQuery, rest } from "@footlight/shared";
import { expect, it, vi } from "vitest";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { TestServer } from "../../server/src/testing/test-server.ts";
import { EncoderHarness, target } from "./encoder-harness.ts";
import { Line } from "./line.ts";

const WAIT = { timeout: 40_000, interval: 50 };

/** Hands requests on, and remembers the bodies of the questions. */
async function listener(
  to: string,
): Promise<{ readonly url: string; readonly http: Server; readonly asked: string[] }> {
  const asked: string[] = [];
  const http = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    if (request.method === "POST") asked.push(body.toString());
    const { "content-type": type, "content-digest": digest, authorization } = request.headers;
    const answer = await fetch(to + (request.url ?? ""), {
      method: request.method ?? "GET",
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
      headers: {
        "content-type": type ?? "",
        authorization: authorization ?? "",
        ...(digest === undefined ? {} : { "content-digest": String(digest) }),
      },
    });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  return { url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`, http, asked };
}

it.concurrent("what a cut line kept back is with the server afterwards, picture by picture", {
  timeout: 120_000,
}, async () => {
  await using server = await TestServer.start();
  const account = { username: "spooler", email: "spooler@example.org", password: "correct horse spooler" };
  const { token } = await new RestClient(server.url).call(
    "POST",
    "/api/v1/users",
    rest.SessionAnswer,
    account,
  );
  const user = new RestClient(server.url, token);
  const { stream_id, stream_key } = await user.startStream({ title: "cut" });
  const { url, http, asked } = await listener(server.url);
  await using line = await Line.to(server.rtmpPort);
  await using harness = await EncoderHarness.start();
  const folder = await mkdtemp(join(tmpdir(), "footlight-unsent-"));
  const backfill = { url: `${url}/api/v1/streams/${stream_id}/backfill`, token, folder };
  harness.encoder.onOrder({
    kind: "start-target",
    target: { ...target({ url: line.url, key: stream_key }), backfill },
  });
  const given = (): number => harness.engine.given.get("e1")?.length ?? 0;
  await vi.waitFor(() => expect(harness.statesOf("t1").at(-1)?.state).toBe("live"), WAIT);
  await vi.waitFor(() => expect(given()).toBeGreaterThan(60), WAIT);
  line.cut();
  const cutAt = given();
  await vi.waitFor(() => expect(given()).toBeGreaterThan(cutAt + 60), WAIT);
  line.isDown = false;
  const events = () => harness.events.flatMap((event) => (event.kind === "backfill" ? [event] : []));
  await vi.waitFor(() => expect(events().at(-1)?.state).toBe("done"), WAIT);
  const last = events().at(-1);
  expect(last?.sent).toBeGreaterThan(0);
  expect(last?.frames).toBe(last?.sent);
  expect(harness.faults()).toEqual([]);

  // Between the first picture that it ever had and the newest one nothing is lacking.
  const { source } = BackfillQuery.parse(JSON.parse(asked[0] ?? ""));
  const ranges = [{ from: 0, to: cutAt + 60 }];
  const plan = await user.call("POST", `/api/v1/streams/${stream_id}/backfill`, BackfillPlan, {
    source,
    ranges,
  });
  // Before the connection was made there was nothing to send.
  expect(plan.missing.filter(({ from }) => from > 30)).toEqual([]);
  expect((await user.stream(stream_id)).status).toBe("live");
  await new Promise((resolve) => http.close(resolve));
  await rm(folder, { recursive: true });
});
