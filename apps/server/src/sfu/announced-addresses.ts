import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { IceCandidate } from "mediasoup/types";

const REFRESH_MS = 60_000;
const WILDCARDS = new Set(["0.0.0.0", "::"]);

export interface AnnouncedAddressesOptions {
  /** What the workers listen on. */
  readonly ip: string;
  /** Addresses or names under which clients reach us; none: this machine's own. */
  readonly configured: readonly string[];
}

/**
 * Under which addresses clients find the workers' ports. Asked for each session: names may resolve anew,
 * and a machine's addresses change with its networks.
 */
export class AnnouncedAddresses {
  #known: { readonly addresses: readonly string[]; readonly atMs: number } | undefined;

  constructor(private readonly options: AnnouncedAddressesOptions) {}

  /** A transport's own candidates, each under all of our addresses, the first ones preferred. */
  async candidates(own: readonly IceCandidate[]): Promise<IceCandidate[]> {
    const addresses = await this.#addresses();
    return addresses.flatMap((address, index) =>
      own.map((candidate) => ({
        ...candidate,
        // RFC 8445 §5.1.1.3: candidates of different bases have different foundations.
        foundation: `${candidate.protocol}${index}`,
        priority: candidate.priority - index,
        address,
        ip: address,
      })),
    );
  }

  async #addresses(): Promise<readonly string[]> {
    const nowMs = performance.now();
    if (this.#known === undefined || nowMs - this.#known.atMs > REFRESH_MS) {
      this.#known = { addresses: await this.#find(), atMs: nowMs };
    }
    return this.#known.addresses;
  }

  async #find(): Promise<readonly string[]> {
    const { ip, configured } = this.options;
    if (configured.length > 0) return [...new Set((await Promise.all(configured.map(resolve))).flat())];
    return WILDCARDS.has(ip) ? ownAddresses(ip) : [ip];
  }
}

/** Not all clients resolve names in candidates. One that we cannot resolve either is given out as it is. */
async function resolve(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [host];
  }
}

function ownAddresses(ip: string): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const usable = all.filter(
    ({ internal, family, address }) =>
      !internal && (family === "IPv4" || (ip === "::" && !address.startsWith("fe80:"))),
  );
  return usable.length > 0 ? usable.map(({ address }) => address) : ["127.0.0.1"];
}
