import { randomUUID } from "node:crypto";
import type { Command, Refusal } from "../../model/commands.ts";
import type { StudioDocument } from "../../model/document.ts";
import { History } from "../../model/history.ts";
import { NaturalSizes } from "../../model/natural-sizes.ts";
import type { Topics } from "../ipc/topics.ts";
import type { DocumentStore } from "./document-store.ts";

type Listener = (document: StudioDocument, before: StudioDocument) => void;

/** The document that is open: each change goes through here, to the disk and to all who show it. */
export class DocumentKeeper {
  #history: History;
  readonly #sizes: NaturalSizes;
  readonly #listeners = new Set<Listener>();

  constructor(
    document: StudioDocument,
    private store: Pick<DocumentStore, "save">,
    private readonly topics: Pick<Topics, "publish" | "latest">,
  ) {
    this.#history = new History(document);
    this.#sizes = new NaturalSizes({
      document: () => this.document,
      sizes: () => topics.latest("sources") ?? null,
      send: (command, gesture) => this.do(command, gesture),
      settle: (command) => void this.#change(() => this.#history.settle(command)),
    });
    this.#publish();
  }

  get document(): StudioDocument {
    return this.#history.document;
  }

  /** Until what it returns is called. */
  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Without a `gesture` it is a step of undo by itself. */
  do(command: Command, gesture: string | null = null): Refusal | null {
    let refusal: Refusal | null = null;
    // What follows from it once a source's size is known belongs to the same step.
    const step = gesture ?? randomUUID();
    this.#sizes.expect(command, step);
    this.#change(() => {
      refusal = this.#history.do(command, step);
    });
    return refusal;
  }

  /** The engine has told sources' sizes: items whose place waits for one take it. */
  sizesAreTold(): void {
    this.#sizes.update();
  }

  undo(): boolean {
    return this.#change(() => this.#history.undo());
  }

  redo(): boolean {
    return this.#change(() => this.#history.redo());
  }

  /** Another collection takes this one's place: there is no way back over it. */
  open(document: StudioDocument, store: Pick<DocumentStore, "save">): void {
    const before = this.document;
    this.#history = new History(document);
    this.store = store;
    this.#tell(before);
    this.sizesAreTold();
  }

  #change(work: () => unknown): boolean {
    const before = this.document;
    work();
    if (this.document === before) return false;
    this.store.save(this.document);
    this.#tell(before);
    return true;
  }

  #tell(before: StudioDocument): void {
    this.#publish();
    for (const listener of this.#listeners) listener(this.document, before);
  }

  #publish(): void {
    this.topics.publish("document", this.document);
    this.topics.publish("history", this.#history.state);
  }
}
