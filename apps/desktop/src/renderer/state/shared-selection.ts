import type { Store } from "@footlight/ui/store.ts";

/** What is used of a BroadcastChannel. */
export interface SelectionChannel {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
}

/** Keeps a selection the same as that of the other windows; one that opens late asks for it. */
export function shareSelection(selection: Store<readonly string[]>, channel: SelectionChannel): void {
  let heard: readonly string[] | undefined;
  selection.subscribe(() => {
    // What was heard from another window is not said again.
    if (selection.get() !== heard) channel.postMessage(selection.get());
  });
  channel.addEventListener("message", ({ data }) => {
    if (data === "ask") {
      if (selection.get().length > 0) channel.postMessage(selection.get());
    } else if (Array.isArray(data) && data.every((id) => typeof id === "string")) {
      const isSame =
        data.length === selection.get().length && data.every((id, at) => id === selection.get()[at]);
      if (isSame) return;
      heard = data;
      selection.set(data);
    }
  });
  channel.postMessage("ask");
}
