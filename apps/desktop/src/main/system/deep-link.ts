/**
 * `footlight://HOST/stage/ID#TOKEN` is an invitation to a stage: the system's browser opens its page, for a stage is
 * joined there. Other pages of a server are opened likewise. Only hosts, paths and an invitation's token (what follows
 * `#` stays in the browser) are taken over; undefined where it is none.
 */
export function pageOfLink(link: string): string | undefined {
  let url: URL;
  try {
    url = new URL(link);
  } catch {
    return undefined;
  }
  if (url.protocol !== "footlight:" || url.host === "" || url.username !== "" || url.password !== "")
    return undefined;
  const isLocal = /^(localhost|127\.|\[::1\])/.test(url.host);
  const token = /^#[A-Za-z0-9_-]{22,128}$/.test(url.hash) ? url.hash : "";
  return `${isLocal ? "http" : "https"}://${url.host}${url.pathname}${url.search}${token}`;
}
