/**
 * Between main, which shows a web page of the document in a window nobody sees, and the engine: one MessagePort a
 * page, dealt when the engine first wants it. Both ends are ours, so nothing is parsed a picture.
 */
export type FromPage =
  /** What was painted anew; of the whole page, or a part of it. Never more than two ahead of `painted`. */
  | {
      readonly kind: "paint";
      readonly page: { readonly width: number; readonly height: number };
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      /** BGRA, colours multiplied by alpha. */
      readonly pixels: Uint8Array;
    }
  | { readonly kind: "loading" }
  /** It is tried again by itself; what it showed is no more. */
  | { readonly kind: "failed"; readonly code: "unreachable" | "crashed" }
  /** Before it is loaded, for `chromeMediaSource: "tab"`; valid for 10 s, once. */
  | { readonly kind: "sound"; readonly mediaSourceId: string };

export type ToPage =
  | { readonly kind: "painted" }
  /** Its sound has been taken, or cannot be: it may be loaded. */
  | { readonly kind: "listening" };
