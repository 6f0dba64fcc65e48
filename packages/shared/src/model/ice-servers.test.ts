import { expect, it } from "vitest";
import { iceServersOf } from "./ice-servers.ts";

it("reads servers with and without passwords out of the lines that fetch has joined", () => {
  const header = [
    '<stun:stun.example.net>; rel="ice-server"',
    '<turn:turn.example.net?transport=tcp>; rel="ice-server"; username="a,d;a"; credential="x\\"y\\\\z"; credential-type="password"',
    '<https://example.net/>; rel="help"',
    "<turns:other.example.net>;rel=ice-server;username=ada;credential=open",
  ].join(", ");
  expect(iceServersOf(header)).toEqual([
    { urls: "stun:stun.example.net" },
    { urls: "turn:turn.example.net?transport=tcp", username: "a,d;a", credential: 'x"y\\z' },
    { urls: "turns:other.example.net", username: "ada", credential: "open" },
  ]);
});

it("leaves out what a browser would not take", () => {
  expect(iceServersOf(null)).toEqual([]);
  expect(iceServersOf('<turn:turn.example.net>; rel="ice-server"')).toEqual([]);
  expect(iceServersOf('<javascript:alert(1)>; rel="ice-server"')).toEqual([]);
  expect(iceServersOf("<<>;;rel")).toEqual([]);
});

it("reads the servers that help through a NAT", () => {
  const link =
    '<stun:stun.example.net>; rel="ice-server", <turn:turn.example.net?transport=udp>; rel="ice-server"; ' +
    'username="user"; credential="pass"; credential-type="password", <https://example.net/x>; rel="next"';
  expect(iceServersOf(link)).toEqual([
    { urls: "stun:stun.example.net" },
    { urls: "turn:turn.example.net?transport=udp", username: "user", credential: "pass" },
  ]);
  expect(iceServersOf(null)).toEqual([]);
});
