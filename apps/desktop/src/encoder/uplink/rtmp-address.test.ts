import { expect, test } from "vitest";
import { parseRtmpAddress } from "./rtmp-address.ts";

test("an address is host, port, application and the URL without the key", () => {
  expect(parseRtmpAddress("rtmp://127.0.0.1:2935/live")).toEqual({
    tls: false,
    host: "127.0.0.1",
    port: 2935,
    app: "live",
    tcUrl: "rtmp://127.0.0.1:2935/live",
  });
});

test("ports are the scheme's own, IPv6 and further path stay, a slash at the end goes", () => {
  expect(parseRtmpAddress("RTMPS://live.example.org/app/x/")).toMatchObject({
    tls: true,
    port: 443,
    app: "app/x",
    tcUrl: "rtmps://live.example.org/app/x",
  });
  expect(parseRtmpAddress("rtmp://[::1]/live")).toMatchObject({ host: "::1", port: 1935 });
  expect(parseRtmpAddress("rtmp://a.b/app?token=1")).toMatchObject({ app: "app?token=1" });
});

test.each(["http://a/live", "rtmp://", "rtmp://a", "rtmp://a/", "rtmp://a:99999/live", "rtmp://a:0/live"])(
  "%s is none",
  (text) => {
    expect(parseRtmpAddress(text)).toBeUndefined();
  },
);
