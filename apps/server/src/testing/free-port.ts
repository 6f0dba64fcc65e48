import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/** Below those that the system gives to connections by itself (Linux: from 32768 on), and often, with many tests. */
const FIRST = 20_000;
const COUNT = 12_000;
const ATTEMPTS = 50;
const HOST = "127.0.0.1";

/** A port that was free a moment ago, TCP and UDP, for who must be told its port beforehand. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = FIRST + randomInt(COUNT);
    if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) return port;
  }
  throw new Error(`found no free port in ${ATTEMPTS} attempts`);
}

function isFreeForTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });
}

function isFreeForUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createSocket("udp4");
    probe.once("error", () => resolve(false));
    probe.bind(port, HOST, () => probe.close(() => resolve(true)));
  });
}
