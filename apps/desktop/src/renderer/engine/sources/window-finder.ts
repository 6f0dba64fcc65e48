import type { FromEngineControl, ToEngineControl } from "../../../contract/engine-control.ts";

type Found = Extract<ToEngineControl, { kind: "window" }>;

/** Asks main which window a source means now: windows that were closed and opened again have other ids. */
export class WindowFinder {
  readonly #awaited = new Map<string, ((windowId: string | null) => void)[]>();

  constructor(
    private readonly send: (message: Extract<FromEngineControl, { kind: "find-window" }>) => void,
  ) {}

  /** Rejects as `getUserMedia` does where there is none. */
  async find(sourceId: string): Promise<string> {
    const windowId = await new Promise<string | null>((resolve) => {
      this.#awaited.set(sourceId, [...(this.#awaited.get(sourceId) ?? []), resolve]);
      this.send({ kind: "find-window", id: sourceId });
    });
    if (windowId === null) throw new DOMException("no such window", "NotFoundError");
    return windowId;
  }

  found({ id, windowId }: Found): void {
    const awaited = this.#awaited.get(id) ?? [];
    this.#awaited.delete(id);
    for (const resolve of awaited) resolve(windowId);
  }
}
