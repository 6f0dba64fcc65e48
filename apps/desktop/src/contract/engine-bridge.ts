import type { FromEngineControl } from "./engine-control.ts";

/**
 * What the engine's preload shows its page as `window.engine`. The page listens first and then sends `ready`; only
 * then main gives it the document and deals its ports. After a crash of either side both are dealt anew: a port
 * takes the place of the one of its role.
 *
 * Ports cannot cross the context bridge, so the preload passes each on to the page by
 * `window.postMessage({ studioPort: role } satisfies PortNotice, location.origin, [port])`.
 *
 * The window wants `backgroundThrottling: false` and `autoplayPolicy: "no-user-gesture-required"`; its policy
 * `script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' http: https:` (WHIP goes to any host).
 */
export interface EngineBridge {
  send(message: FromEngineControl): void;
  /** Each `ToEngineControl` as it came; the page parses it. */
  onMessage(listener: (message: unknown) => void): void;
}

export type PortNotice =
  /** `media`: to the encoder's process (media-port.ts); `monitor`: to the control window (monitor-port.ts). */
  | { readonly studioPort: "media" | "monitor" }
  /** To a web page of the document (page-port.ts). */
  | { readonly studioPort: "page"; readonly sourceId: string };

/**
 * Where the pages find a file of the document (images, videos, masks): main serves it with byte ranges on their own
 * origin, so that nothing taints the canvas, and only what the document names.
 */
export const FILE_ROUTE = "/file/";
export const fileUrl = (path: string): string => FILE_ROUTE + encodeURIComponent(path);
