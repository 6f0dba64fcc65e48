import { Store } from "@footlight/ui/store.ts";
import { describe, expect, it } from "vitest";
import { type SelectionChannel, shareSelection } from "./shared-selection.ts";

/** Windows on one channel, and how much was said on it. */
class Air {
  private readonly listeners = new Map<SelectionChannel, (event: { data: unknown }) => void>();
  said = 0;

  join(): SelectionChannel {
    const end: SelectionChannel = {
      addEventListener: (_type, listener) => void this.listeners.set(end, listener),
      postMessage: (data) => {
        this.said++;
        for (const [other, listener] of this.listeners) if (other !== end) listener({ data });
      },
    };
    return end;
  }

  window(): Store<readonly string[]> {
    const selection = new Store<readonly string[]>([]);
    shareSelection(selection, this.join());
    return selection;
  }
}

describe("a shared selection", () => {
  it("is the same in all windows, also in one that opens later, and is said once", () => {
    const air = new Air();
    const [first, second] = [air.window(), air.window()];
    const before = air.said;
    first.set(["a", "b"]);
    expect(second.get()).toEqual(["a", "b"]);
    expect(air.said).toBe(before + 1);
    second.set([]);
    expect(first.get()).toEqual([]);
    first.set(["c"]);
    expect(air.window().get()).toEqual(["c"]);
  });

  it("takes no notice of what is none", () => {
    const air = new Air();
    const selection = air.window();
    const stranger = air.join();
    for (const data of [null, 7, "x", [1], { length: 1 }]) stranger.postMessage(data);
    expect(selection.get()).toEqual([]);
  });
});
