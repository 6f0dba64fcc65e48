/** IPv4 that came in on an IPv6 socket is IPv4: one address, whatever the listener. */
export const plainAddress = (address: string): string =>
  address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");

/**
 * What limits count as one: an IPv4 address, or an IPv6 address's /64, which is what a single host is given
 * (RFC 4291, section 2.5.4). An IPv4 address mapped into IPv6 is itself.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0");
  return [...left, ...middle, ...right]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}

export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);

/** RFC 1918. */
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;
/** Networks of containers and virtual machines, which no other device is in. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|cni|podman|lxc)/;

/** This machine's address in its home or office, as `networkInterfaces()` tells. */
export function lanAddress(
  interfaces: Readonly<
    Record<string, readonly { address: string; family: string; internal: boolean }[] | undefined>
  >,
): string | undefined {
  const all = Object.entries(interfaces).flatMap(([name, list]) => (VIRTUAL.test(name) ? [] : (list ?? [])));
  return all.find(({ address, family, internal }) => !internal && family === "IPv4" && PRIVATE.test(address))
    ?.address;
}

/** How many of something each network has now. */
export class NetworkCounts {
  readonly #counts = new Map<string, number>();

  /** Networks that have any. */
  get size(): number {
    return this.#counts.size;
  }

  /** Over all networks. */
  get total(): number {
    return [...this.#counts.values()].reduce((sum, each) => sum + each, 0);
  }

  of(address: string): number {
    return this.#counts.get(networkOf(address)) ?? 0;
  }

  /** One more; what it returns takes it back, once. */
  enter(address: string): () => void {
    const network = networkOf(address);
    this.#counts.set(network, (this.#counts.get(network) ?? 0) + 1);
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      const left = (this.#counts.get(network) ?? 1) - 1;
      if (left > 0) this.#counts.set(network, left);
      else this.#counts.delete(network);
    };
  }
}
