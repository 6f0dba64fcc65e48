import { type AddressInfo, createServer, type Server } from "node:net";
import { StartupError } from "./startup-error.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The variable that sets the port, for the message. */
  readonly variable: string;
}

/** Binds a server and returns its real port. Throws `StartupError` with a line that names the cure. */
export function listen(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(explainListenError(error, options));
    server.once("error", onError);
    server.listen({ host: options.host, port: options.port }, () => {
      server.off("error", onError);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/**
 * Opens and closes a port, so that a taken one is told before anything else is started (the embedded
 * database takes seconds). The real `listen` still checks: somebody may come in between.
 */
export async function assertPortFree(options: ListenOptions): Promise<void> {
  if (options.port === 0) return;
  const probe = createServer();
  await listen(probe, options);
  await new Promise<void>((resolve) => probe.close(() => resolve()));
}

function explainListenError(error: NodeJS.ErrnoException, { host, port, variable }: ListenOptions): Error {
  const cause = { cause: error };
  switch (error.code) {
    case "EADDRINUSE":
      return new StartupError(
        "port_taken",
        `Port ${port} (${variable}) is taken by another program: stop it, or set ${variable} to a free port.`,
        cause,
      );
    case "EACCES":
      return new StartupError(
        "port_denied",
        `Port ${port} (${variable}) may not be opened by this user: set ${variable} to a port above 1023.`,
        cause,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAFNOSUPPORT":
      return new StartupError(
        "address_unavailable",
        `This machine has no address ${host} (HOST): set HOST to one of its own, or to 0.0.0.0.`,
        cause,
      );
    default:
      return error;
  }
}
