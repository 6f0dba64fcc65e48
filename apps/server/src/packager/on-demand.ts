import type { Run } from "../stream/media-sink.ts";
import type { RenditionView } from "./rendition-view.ts";
import type { RunAssembler } from "./run-assembler.ts";

/** The rungs of the present run that are made only while somebody asks for them. */
export class OnDemand {
  readonly #rungs = new Set<string>();
  /** Those that are made, or will be: from when on. */
  readonly #woken = new Map<string, number>();

  /** `demanded` hears of each request for one of them. */
  constructor(private readonly demanded: (rendition: string) => void = () => {}) {}

  startRun({ renditions }: Run): void {
    this.endRun();
    for (const rendition of renditions) {
      if (rendition.kind === "video" && rendition.asleep === true) this.#rungs.add(rendition.name);
    }
  }

  endRun(): void {
    this.#rungs.clear();
    this.#woken.clear();
  }

  has(rendition: string): boolean {
    return this.#rungs.has(rendition);
  }

  wake(rendition: string, from90k: number, assembler: RunAssembler | undefined): void {
    this.#woken.set(rendition, from90k);
    assembler?.wake(rendition, from90k);
  }

  sleep(rendition: string, from90k: number, assembler: RunAssembler | undefined): void {
    this.#woken.delete(rendition);
    assembler?.sleep(rendition, from90k);
  }

  /** It will never come: nobody is to wait for it. */
  giveUp(rendition: string): void {
    this.#rungs.delete(rendition);
    this.#woken.delete(rendition);
  }

  /** The run goes on under another number: what was woken is awake there. */
  tell(assembler: RunAssembler): void {
    for (const [name, from90k] of this.#woken) assembler.wake(name, from90k);
  }

  /** Somebody asks for a rendition: if it sleeps it is to be woken, if it is awake it is to stay so. */
  note(rendition: string): void {
    if (this.#rungs.has(rendition)) this.demanded(rendition);
  }

  /** It is made for those who ask, and its newest media (`parts`: be it a part) is still on its way. */
  awaits(view: RenditionView, parts: boolean): boolean {
    return this.#rungs.has(view.name) && !view.isAtEdge(parts);
  }
}
