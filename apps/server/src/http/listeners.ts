import { readFile } from "node:fs/promises";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import type { Socket } from "node:net";
import { StartupError } from "../platform/startup-error.ts";
import { PROBLEM_TYPE, problem } from "./problem.ts";
import { UpgradableRequest } from "./upgrades.ts";

export type RequestHandler = (req: IncomingMessage, res: ServerResponse) => void;

/** Bounds on what one peer may hold open. */
const BOUNDS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
  /** Longer than nginx's and most load balancers' 60 s, so that we never close under their request. */
  keepAliveTimeout: 75_000,
} as const;
const MAX_HEADERS = 100;
const MAX_CONNECTIONS = 20_000;

export function createPlainServer(handler: RequestHandler): Server {
  const server = createServer({ ...BOUNDS, noDelay: true, IncomingMessage: UpgradableRequest }, handler);
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

/** HTTP/2 and, for clients without it, HTTP/1.1 on one port. */
export async function createTlsServer(
  tls: { readonly certPath: string; readonly keyPath: string },
  handler: RequestHandler,
): Promise<Http2SecureServer> {
  const cert = await readPem("TLS_CERT", tls.certPath);
  const key = await readPem("TLS_KEY", tls.keyPath);
  let server: Http2SecureServer;
  try {
    server = createSecureServer({
      cert,
      key,
      allowHTTP1: true,
      Http1IncomingMessage: UpgradableRequest,
      minVersion: "TLSv1.2",
      ...BOUNDS,
      settings: { maxConcurrentStreams: 200, maxHeaderListSize: BOUNDS.maxHeaderSize },
    });
  } catch (error) {
    throw new StartupError(
      "tls_unusable",
      `TLS_CERT and TLS_KEY are no PEM certificate with its key (${(error as Error).message}).`,
      { cause: error },
    );
  }
  server.maxConnections = MAX_CONNECTIONS;
  // The compatibility objects of HTTP/2 do all that our handlers use of the HTTP/1.1 ones.
  server.on("request", (req, res) =>
    handler(req as unknown as IncomingMessage, res as unknown as ServerResponse),
  );
  server.on("clientError", answerClientError);
  server.on("sessionError", (_error, session) => session.destroy());
  return server;
}

async function readPem(variable: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw new StartupError("tls_unusable", `${path} (${variable}) cannot be read (${code}).`, {
      cause: error,
    });
  }
}

/** What is not HTTP gets one problem and the door. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === "HPE_HEADER_OVERFLOW" ? 431 : error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
  const body = JSON.stringify(problem("invalid_request", { status }));
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // The peer may go on sending for ever: what is written goes out, then the socket goes.
  socket.destroySoon();
}
