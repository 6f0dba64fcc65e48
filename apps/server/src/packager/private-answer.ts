import type { OutgoingHttpHeaders, ServerResponse } from "node:http";

/**
 * What goes out from here on is for one person: no cache may keep it, and no foreign page may read it. Set at
 * the one place where all answers pass, so that none of the many ways to answer can forget it.
 */
export function keepPrivate(res: ServerResponse): void {
  const writeHead = res.writeHead.bind(res) as (
    status: number,
    headers: OutgoingHttpHeaders,
  ) => ServerResponse;
  res.writeHead = ((status: number, headers: OutgoingHttpHeaders = {}) =>
    writeHead(status, privately(headers))) as ServerResponse["writeHead"];
}

function privately(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const { "access-control-allow-origin": _origin, "timing-allow-origin": _timing, vary, ...kept } = headers;
  return {
    ...kept,
    "cache-control": "private, no-store",
    "cross-origin-resource-policy": "same-origin",
    vary: vary === undefined ? "Cookie, Authorization" : `${String(vary)}, Cookie, Authorization`,
  };
}
