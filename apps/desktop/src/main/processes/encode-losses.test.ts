import { expect, it } from "vitest";
import { EncodeLosses } from "./encode-losses.ts";

it("counts what the worst encode lost each second, and never less than before", () => {
  const losses = new EncodeLosses();
  const totals = [[5, 3], [5, 3], [7, 9], [7], [], [2]].map((counts) => {
    losses.take(counts.map((droppedEncode, at) => ({ id: String(at), droppedEncode })));
    return losses.total;
  });
  expect(totals).toEqual([5, 5, 11, 11, 11, 13]);
});
