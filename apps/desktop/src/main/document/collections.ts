import { randomUUID } from "node:crypto";
import type { StudioDocument } from "../../model/document.ts";
import { freeName } from "../../model/lookup.ts";
import type { Topics } from "../ipc/topics.ts";
import { type CollectionShelf, fileOf } from "./collection-shelf.ts";
import type { DocumentKeeper } from "./document-keeper.ts";
import { DocumentStore, type Opened } from "./document-store.ts";

export interface CollectionInfo {
  readonly id: string;
  readonly name: string;
}
export type CollectionFault = "unknown" | "broken" | "future" | "last";

interface World {
  readonly folder: string;
  readonly shelf: CollectionShelf;
  readonly keeper: DocumentKeeper;
  readonly topics: Pick<Topics, "publish" | "tell">;
  readonly onFault: (error: unknown) => void;
  readonly onMended: () => void;
  readonly fresh: () => Promise<StudioDocument>;
}

/** The profile's scene collections: one is open at a time, the others lie on the disk. */
export class Collections implements AsyncDisposable {
  #names: ReadonlyMap<string, string>;
  #work: Promise<unknown> = Promise.resolve();
  readonly #unlisten: () => void;
  readonly #changing = new Set<(name: string) => void>();

  constructor(
    private readonly world: World,
    private openId: string,
    private store: DocumentStore,
    names: ReadonlyMap<string, string>,
  ) {
    this.#names = names;
    this.#unlisten = world.keeper.onChange(({ name }, before) => {
      if (name !== before.name) this.#publish();
    });
    this.#publish();
  }

  /** By name; the open one under the name that it has now. */
  get all(): readonly CollectionInfo[] {
    const { keeper } = this.world;
    const all = new Map(this.#names).set(this.openId, keeper.document.name);
    return [...all].map(([id, name]) => ({ id, name })).toSorted((a, b) => a.name.localeCompare(b.name));
  }

  get current(): CollectionInfo {
    return { id: this.openId, name: this.world.keeper.document.name };
  }

  /** Told of the open one's name before another one takes its place. */
  onChanging(listener: (name: string) => void): () => void {
    this.#changing.add(listener);
    return () => void this.#changing.delete(listener);
  }

  /** A new one, of what a fresh profile begins with. */
  async create(name: string): Promise<void> {
    await this.add({ ...(await this.world.fresh()), name });
  }

  /** The open one once more, under another name. */
  duplicate(name: string): Promise<void> {
    return this.add({ ...this.world.keeper.document, name });
  }

  /** Puts a document beside the others and opens it. */
  add(document: StudioDocument): Promise<void> {
    return this.#inTurn(async () => {
      const taken = this.all.map(({ name }) => name);
      const named = { ...document, name: freeName(taken, document.name) };
      const id = randomUUID().replaceAll("-", "").slice(0, 12);
      const store = this.#storeOf(id);
      store.save(named);
      await store.flush();
      await this.#become(id, named, store);
    });
  }

  /** Why not; null when it is open. */
  open(id: string): Promise<CollectionFault | null> {
    return this.#inTurn(async () => {
      if (id === this.openId) return null;
      if (!this.#names.has(id)) return "unknown";
      return await this.#openFile(id);
    });
  }

  rename(name: string): void {
    const taken = this.all.filter(({ id }) => id !== this.openId).map((each) => each.name);
    this.world.keeper.do({ kind: "collection-rename", name: freeName(taken, name) });
  }

  /** Its file is kept beside the others under another name. */
  remove(id: string): Promise<CollectionFault | null> {
    return this.#inTurn(async () => {
      const others = this.all.filter((each) => each.id !== id);
      const next = others[0];
      if (others.length === this.all.length) return "unknown";
      if (!next) return "last";
      const store = id === this.openId ? this.store : this.#storeOf(id);
      if (id === this.openId) {
        const fault = await this.#openFile(next.id);
        if (fault !== null) return fault;
      }
      await store.putAside("removed");
      await this.#look();
      return null;
    });
  }

  async #openFile(id: string): Promise<CollectionFault | null> {
    const store = this.#storeOf(id);
    const { document, aside } = await store.open();
    if (document !== undefined) {
      await this.#become(id, document, store);
      return null;
    }
    tellAside(this.world.topics, aside);
    await this.#look();
    return aside?.why ?? "unknown";
  }

  async #become(id: string, document: StudioDocument, store: DocumentStore): Promise<void> {
    const { keeper, shelf, onFault } = this.world;
    for (const listener of this.#changing) listener(keeper.document.name);
    const before = this.store;
    // A fresh one has no file yet when the names are read.
    this.#names = new Map(this.#names).set(this.openId, keeper.document.name);
    this.openId = id;
    this.store = store;
    await before[Symbol.asyncDispose]();
    keeper.open(document, store);
    await shelf.remember(id).catch(onFault);
    await this.#look();
  }

  async #look(): Promise<void> {
    this.#names = await this.world.shelf.names();
    this.#publish();
  }

  #publish(): void {
    const { all, openId } = this;
    this.world.topics.publish("collections", { open: openId, all: [...all] });
  }

  #storeOf(id: string): DocumentStore {
    const { folder, onFault, onMended } = this.world;
    return new DocumentStore(folder, onFault, fileOf(id), undefined, onMended);
  }

  /** One after the other: two of them at once would each think theirs is open. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unlisten();
    await this.#work;
    await this.store[Symbol.asyncDispose]();
  }
}

export function tellAside(topics: Pick<Topics, "tell">, aside: Opened["aside"]): void {
  if (aside) topics.tell(aside.why === "broken" ? "document_broken" : "document_from_future", aside.path);
}
