/** Pictures are fresh at most 10 s; asked anew this often. */
const EVERY_MS = 15_000;

/** The picture's address, changing with time so that a new one is fetched. */
export const freshThumbnail = (url: string | null, nowMs: number): string | null => {
  if (url === null) return null;
  const mark = url.includes("?") ? "&" : "?";
  return `${url}${mark}t=${Math.floor(nowMs / EVERY_MS)}`;
};
