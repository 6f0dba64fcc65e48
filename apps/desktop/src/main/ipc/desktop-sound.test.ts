import { expect, it } from "vitest";
import { hearsDesktop } from "./desktop-sound.ts";

it("is offered where the system has it to give", () => {
  const env = { XDG_RUNTIME_DIR: "/run/user/1000" };
  const socket = (path: string) => path === "/run/user/1000/pulse/native";
  expect(hearsDesktop("win32", {}, () => false)).toBe(true);
  expect(hearsDesktop("linux", env, (path) => socket(String(path)))).toBe(true);
  expect(hearsDesktop("linux", { PULSE_SERVER: "tcp:10.0.0.2" }, () => false)).toBe(true);
  expect(hearsDesktop("linux", env, () => false)).toBe(false);
  expect(hearsDesktop("linux", {}, () => true)).toBe(false);
  expect(hearsDesktop("darwin", env, () => true)).toBe(false);
});
