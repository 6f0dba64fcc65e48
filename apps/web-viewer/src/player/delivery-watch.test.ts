import { describe, expect, it } from "vitest";
import { DeliveryWatch, type Fetched } from "./delivery-watch.ts";

const fetched = (name: string, waitedMs: number, transferMs: number, patch: Partial<Fetched> = {}) => ({
  name: `https://live.example.org${name}`,
  requestStart: 1_000,
  responseStart: 1_000 + waitedMs,
  responseEnd: 1_000 + waitedMs + transferMs,
  transferSize: 9_000,
  ...patch,
});
const watching = (...entries: Fetched[]) => {
  const watch = new DeliveryWatch();
  for (const entry of entries) watch.note(entry);
  const found = watch.deliveryMs();
  watch.close();
  return found;
};

describe("DeliveryWatch", () => {
  it("knows nothing before media came", () => {
    expect(watching()).toBeNull();
    expect(watching(fetched("/trpc/channels.get", 40, 2))).toBeNull();
  });
  it("takes a request's wait and its transfer", () => {
    expect(watching(fetched("/media/s/720p/7.m4s", 30, 12))).toBe(42);
  });
  it("does not count that the server held a request for a part until it was made", () => {
    expect(
      watching(
        fetched("/media/s/720p/7.1.m4s", 190, 3),
        fetched("/time", 25, 1),
        fetched("/media/s/720p/7.2.m4s?x=1", 201, 5),
        fetched("/media/s/720p/7.3.m4s", 195, 4),
      ),
    ).toBe(29);
  });
  it("forgets what is long ago", () => {
    const slow = Array.from({ length: 9 }, (_, n) => fetched(`/media/s/720p/${n}.m4s`, 20, 900));
    const quick = Array.from({ length: 8 }, (_, n) => fetched(`/media/s/720p/${n + 9}.m4s`, 20, 30));
    expect(watching(...slow, ...quick)).toBe(50);
  });
  it("leaves out what the browser had, or may not tell", () => {
    expect(
      watching(
        fetched("/media/s/720p/7.m4s", 1, 1, { transferSize: 0 }),
        fetched("/media/s/720p/8.m4s", 0, 0, { requestStart: 0, responseStart: 0, transferSize: 0 }),
      ),
    ).toBeNull();
  });
});
