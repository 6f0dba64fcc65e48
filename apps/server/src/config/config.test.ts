import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { ConfigError, EnvSchema, loadConfig } from "./config.ts";

const example = parseEnv(readFileSync(new URL("../../../../.env.example", import.meta.url), "utf8"));

describe(".env.example", () => {
  it("names every variable of the schema, and no other: add a new one to both", () => {
    expect(Object.keys(example).sort()).toEqual(Object.keys(EnvSchema.shape).sort());
  });

  it("shows the defaults", () => {
    expect(loadConfig(example)).toEqual(loadConfig({}));
  });
});

describe("loadConfig", () => {
  it("takes an empty variable for one that is not set", () => {
    const empty = Object.fromEntries(Object.keys(EnvSchema.shape).map((name) => [name, ""]));
    expect(loadConfig(empty)).toEqual(loadConfig({}));
  });

  it("is frozen to its depth", () => {
    const config = loadConfig({});
    expect(() => Object.assign(config.http, { port: 1 })).toThrow();
    expect(() => (config.transcode.ladder as unknown[]).push(1)).toThrow();
  });

  it.each([
    ["PORT", "65536"],
    ["PORT", "http"],
    ["PORT", "80.5"],
    ["PUBLIC_URL", "example.org"],
    ["PUBLIC_URL", "ftp://example.org"],
    ["DATABASE_URL", "mysql://db"],
    ["REGISTRATION", "sometimes"],
    ["LOG_LEVEL", "loud"],
    ["RECONNECT_GRACE_MS", "90001"],
    ["LADDER", "{"],
    ["LADDER", "[]"],
    ["GOP_S", "0"],
    ["LOG_PRETTY", "perhaps"],
    ["TRUST_PROXY", "not an address"],
    ["TRUST_PROXY", "10.0.0.0/8, 300.1.1.1"],
    ["RTC_ICE_SERVERS", "https://turn.example.net"],
    ["RTC_ICE_SERVERS", "turn:turn.example.net ada"],
  ])("names %s=%s as the fault", (name, value) => {
    expect(() => loadConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => loadConfig({ [name]: value })).toThrow(new RegExp(`\\b${name}:`));
  });

  it("reads STUN and TURN servers, and never says what their passwords are", () => {
    const text =
      "stun:stun.example.net, turns:turn.example.net:443?transport=tcp ada s3cret, turn:[2001:db8::1]:3478";
    expect(loadConfig({ RTC_ICE_SERVERS: text }).rtc.iceServers).toEqual([
      { urls: "stun:stun.example.net" },
      { urls: "turns:turn.example.net:443?transport=tcp", username: "ada", credential: "s3cret" },
      { urls: "turn:[2001:db8::1]:3478" },
    ]);
    expect(() => loadConfig({ RTC_ICE_SERVERS: "turn:here:x ada s3cret more" })).toThrow(
      /^(?!.*s3cret).*RTC_ICE_SERVERS/,
    );
  });

  it("names all faults at once, in one line", () => {
    expect(() => loadConfig({ PORT: "x", GOP_S: "9" })).toThrow(/^Invalid configuration\. .*PORT.*GOP_S.*$/);
  });

  it("leaves no slash at the end of the public address", () => {
    expect(loadConfig({ PUBLIC_URL: "https://example.org/" }).http.publicUrl).toBe("https://example.org");
  });

  it("wants a certificate with its key", () => {
    expect(() => loadConfig({ TLS_CERT: "cert.pem" })).toThrow("TLS_CERT and TLS_KEY go together");
    expect(loadConfig({ TLS_CERT: "c.pem", TLS_KEY: "k.pem" }).tls).toEqual({
      certPath: "c.pem",
      keyPath: "k.pem",
    });
  });

  it("knows proxies by address, network or name", () => {
    const { http } = loadConfig({ TRUST_PROXY: "127.0.0.1, 10.0.0.0/8,::1, fd00::/8, loopback" });
    expect(http.trustProxy).toEqual(["127.0.0.1", "10.0.0.0/8", "::1", "fd00::/8", "loopback"]);
  });
});
