import type { FromEngineControl } from "../../../contract/engine-control.ts";
import type { FromPage, ToPage } from "../../../contract/page-port.ts";

/** The engine's ends of the ports to web pages, by source; main opens a page when it is first wanted. */
export class PageLinks {
  readonly #ports = new Map<string, MessagePort>();
  readonly #listeners = new Map<string, (message: FromPage) => void>();
  /** What pages play: taken once for each, before it is loaded. */
  readonly #sounds = new Map<string, MediaStream>();
  readonly #awaited = new Map<string, ((sound: MediaStream) => void)[]>();

  constructor(private readonly send: (message: Extract<FromEngineControl, { kind: "page" }>) => void) {}

  /** A page that is opened anew has a new port. */
  take(sourceId: string, port: MessagePort): void {
    this.#ports.get(sourceId)?.close();
    this.#deafen(sourceId);
    this.#ports.set(sourceId, port);
    port.onmessage = ({ data }: MessageEvent<FromPage>) => this.#hear(sourceId, data);
  }

  /** Until what is returned is called. */
  listen(sourceId: string, listener: (message: FromPage) => void): () => void {
    this.#listeners.set(sourceId, listener);
    return () => {
      if (this.#listeners.get(sourceId) === listener) this.#listeners.delete(sourceId);
    };
  }

  want(sourceId: string, wanted: boolean): void {
    this.send({ kind: "page", id: sourceId, wanted });
  }

  /** What the page plays, as soon as it is open; whoever is given it may end it. */
  async openSound(sourceId: string): Promise<MediaStream> {
    const known = this.#sounds.get(sourceId);
    const sound = known?.active
      ? known
      : await new Promise<MediaStream>((resolve) => {
          this.#awaited.set(sourceId, [...(this.#awaited.get(sourceId) ?? []), resolve]);
        });
    return sound.clone();
  }

  close(): void {
    for (const port of this.#ports.values()) port.close();
    for (const sourceId of this.#sounds.keys()) this.#deafen(sourceId);
    this.#ports.clear();
  }

  #hear(sourceId: string, message: FromPage): void {
    if (message.kind === "sound") {
      void this.#listen(sourceId, message.mediaSourceId);
      return;
    }
    this.#listeners.get(sourceId)?.(message);
    if (message.kind === "paint") this.#post(sourceId, { kind: "painted" });
  }

  async #listen(sourceId: string, chromeMediaSourceId: string): Promise<void> {
    const port = this.#ports.get(sourceId);
    const audio = { mandatory: { chromeMediaSource: "tab", chromeMediaSourceId } };
    try {
      // Chromium's own types know nothing of Electron's constraints.
      const constraints = { audio } as unknown as MediaStreamConstraints;
      const sound = await navigator.mediaDevices.getUserMedia(constraints);
      if (this.#ports.get(sourceId) !== port) {
        stop(sound);
        return;
      }
      this.#sounds.set(sourceId, sound);
      for (const take of this.#awaited.get(sourceId) ?? []) take(sound);
      this.#awaited.delete(sourceId);
    } catch {
      // Seen, and not heard.
    }
    this.#post(sourceId, { kind: "listening" });
  }

  #deafen(sourceId: string): void {
    const sound = this.#sounds.get(sourceId);
    if (sound !== undefined) stop(sound);
    this.#sounds.delete(sourceId);
  }

  #post(sourceId: string, message: ToPage): void {
    this.#ports.get(sourceId)?.postMessage(message);
  }
}

function stop(sound: MediaStream): void {
  for (const track of sound.getTracks()) track.stop();
}
