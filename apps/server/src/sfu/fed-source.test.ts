import { expect, test } from "vitest";
import { asksForKeyframe } from "./fed-source.ts";

const receiverReport = [0x80, 201, 0, 1, 0, 0, 0, 1];
const pli = [0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
const fir = [0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0];
const remb = [0x8f, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0];
const nack = [0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 0];

test.each([
  ["a PLI", pli, true],
  ["a FIR", fir, true],
  ["one behind a report", [...receiverReport, ...pli], true],
  ["a report", receiverReport, false],
  ["a bandwidth estimate", remb, false],
  ["a NACK, whose format is also 1", nack, false],
  ["nothing", [], false],
  ["a packet cut short", [0x81, 206], false],
])("%s", (_, bytes, asks) => {
  expect(asksForKeyframe(Uint8Array.from(bytes))).toBe(asks);
});
