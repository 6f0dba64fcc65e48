import { type Agent, type ClientRequest, get, type IncomingMessage, type ServerResponse } from "node:http";
import { get as getTls } from "node:https";
import { passedHeaders } from "./shared-answer.ts";

/** Who somebody is, and whether it is their own page that says so: what the origin judges a rehearsal's owner by. */
const PERSONAL = ["cookie", "authorization", "sec-fetch-site", "origin", "range", "accept-encoding"] as const;

/** Whether there is something to be known by; other cookies are nobody's business here. */
export const saysWho = ({ headers }: IncomingMessage): boolean =>
  headers.authorization !== undefined || headers.cookie?.includes("footlight_session=") === true;

/**
 * Asks the origin for one person, in their name, and keeps nothing of it. For what everybody else is told is not
 * there: a rehearsal is, for its owner.
 */
export function answerInPerson(
  req: IncomingMessage,
  res: ServerResponse,
  to: {
    readonly url: URL;
    readonly agent: Agent;
    readonly timeoutMs: number;
    readonly failed: (reason: string) => void;
  },
): ClientRequest {
  const headers: Record<string, string> = { via: "1.1 footlight-edge" };
  for (const name of PERSONAL) {
    const value = req.headers[name];
    if (value !== undefined) headers[name] = String(value);
  }
  const send = to.url.protocol === "https:" ? getTls : get;
  const sent = send(to.url, { agent: to.agent, headers, timeout: to.timeoutMs });
  sent.on("response", (response) => {
    res.writeHead(response.statusCode ?? 502, passedHeaders(response.headers));
    if (req.method === "HEAD") {
      response.resume();
      res.end();
    } else response.on("error", () => res.destroy()).pipe(res);
  });
  sent.on("timeout", () => sent.destroy(new Error("the origin does not answer")));
  sent.on("error", (error) => {
    if (res.headersSent || res.destroyed) res.destroy();
    else to.failed(error.message);
  });
  res.once("close", () => sent.destroy());
  return sent;
}
