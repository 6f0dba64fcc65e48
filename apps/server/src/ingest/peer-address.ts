/** IPv4 that came in on an IPv6 socket is IPv4: one address, whatever the listener. */
export const plainAddress = (address: string): string =>
  address.startsWith("::ffff:") ? address.slice(7) : address;
