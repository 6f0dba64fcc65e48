import type { StudioDocument } from "../../model/document.ts";
import type { Topics } from "../ipc/topics.ts";
import type { DisposalStack } from "../system/disposal.ts";
import { fileFault } from "../system/file-fault.ts";
import { CollectionShelf, fileOf } from "./collection-shelf.ts";
import { Collections, tellAside } from "./collections.ts";
import { DocumentKeeper } from "./document-keeper.ts";
import { DocumentStore } from "./document-store.ts";

export interface OpenedDocument {
  readonly keeper: DocumentKeeper;
  readonly collections: Collections;
}

/** The collection that was open last, or the one that a fresh profile begins with; what could not be read is told. */
export async function openDocument(
  folder: string,
  topics: Topics,
  stack: DisposalStack,
  fresh: () => Promise<StudioDocument>,
): Promise<OpenedDocument> {
  const onFault = (error: unknown) => topics.tell("document_not_saved", fileFault(error));
  const onMended = () => topics.tell("document_saved_again");
  const shelf = new CollectionShelf(folder);
  const id = await shelf.lastOpen();
  const store = new DocumentStore(folder, onFault, fileOf(id), undefined, onMended);
  const { document, aside } = await store.open();
  tellAside(topics, aside);
  const keeper = new DocumentKeeper(document ?? (await fresh()), store, topics);
  if (document === undefined) store.save(keeper.document);
  const unlisten = topics.listen((topic) => {
    if (topic === "sources") keeper.sizesAreTold();
  });
  stack.defer("sizes", unlisten);
  const world = { folder, shelf, keeper, topics, onFault, onMended, fresh };
  const collections = stack.use("collections", new Collections(world, id, store, await shelf.names()));
  return { keeper, collections };
}
