import { describe, expect, it } from "vitest";
import { ArgumentError, parseArguments } from "./arguments.ts";

describe("parseArguments", () => {
  it("reads its own among Chromium's, with = or without", () => {
    const argv = [
      "--no-sandbox",
      "--user-data-dir=/tmp/x",
      "--server",
      "http://localhost:8080",
      "--inspect=0",
    ];
    expect(parseArguments(argv)).toEqual({ userDataDir: "/tmp/x", server: "http://localhost:8080" });
  });

  it("reads how the remote control is asked for, and a link", () => {
    const argv = ["--remote-port=4455", "--remote-password=secret", "footlight://live.example.org/stage/x"];
    expect(parseArguments(argv)).toEqual({
      remotePort: 4455,
      remotePassword: "secret",
      link: "footlight://live.example.org/stage/x",
    });
  });

  it("reads who signs in, with the password out of the environment alone", () => {
    const env = { FOOTLIGHT_PASSWORD: "correct horse", PATH: "/bin" };
    const argv = ["--server=http://localhost:8080", "--username=mira", "--password=of another program"];
    expect(parseArguments(argv, env)).toEqual({
      ...{ server: "http://localhost:8080", username: "mira", password: "correct horse" },
    });
    // Without a name it is nobody's.
    expect(parseArguments([], env)).toEqual({});
    expect(() => parseArguments(argv)).toThrow(/FOOTLIGHT_PASSWORD/);
    expect(() => parseArguments(["--username=mira"], env)).toThrow(/--server/);
  });

  it.each([
    "--remote-port=70000",
    "--remote-port=porthole",
    "--server=ftp://x",
    "--server=",
    "--user-data-dir=",
  ])("refuses %s and does not repeat what was said", (arg) => {
    expect(() => parseArguments([arg])).toThrow(ArgumentError);
    const value = arg.split("=")[1];
    if (value) expect(() => parseArguments([arg])).not.toThrow(new RegExp(value));
  });
});
