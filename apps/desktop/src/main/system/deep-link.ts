/**
 * `footlight://HOST/…` names a page of a server, such as an invitation to a stage: the system's browser opens it, for
 * a stage is joined there. Only hosts and paths are taken over; undefined where it is none.
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
  return `${isLocal ? "http" : "https"}://${url.host}${url.pathname}${url.search}`;
}
