import type { ServerResponse } from "node:http";

/**
 * Whether the client went away. The compatible API of HTTP/2 lacks `destroyed`: there the stream below it tells,
 * and a request that was cancelled would otherwise be waited for to its end.
 */
export function isGone(res: ServerResponse): boolean {
  const { stream } = res as ServerResponse & { readonly stream?: { readonly destroyed: boolean } };
  return res.destroyed === true || stream?.destroyed === true;
}
