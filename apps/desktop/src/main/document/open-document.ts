import { defaultDocument } from "../../model/default-document.ts";
import { mainDisplay } from "../ipc/capture-list.ts";
import type { Topics } from "../ipc/topics.ts";
import type { DisposalStack } from "../system/disposal.ts";
import { DocumentKeeper } from "./document-keeper.ts";
import { DocumentStore } from "./document-store.ts";

/** The document of the profile, or the one that a fresh profile begins with; what could not be read is told. */
export async function openDocument(
  folder: string,
  topics: Topics,
  stack: DisposalStack,
): Promise<DocumentKeeper> {
  const store = new DocumentStore(folder, (error) => topics.tell("document_not_saved", String(error)));
  stack.use("document", store);
  const { document, aside } = await store.open();
  if (aside !== undefined)
    topics.tell(aside.why === "broken" ? "document_broken" : "document_from_future", aside.path);
  const keeper = new DocumentKeeper(document ?? (await freshDocument()), store, topics);
  if (document === undefined) store.save(keeper.document);
  return keeper;
}

/** A screen in memory shows nothing but the studio: there a test picture says more. */
async function freshDocument() {
  const isHeadless = process.env["FOOTLIGHT_VIRTUAL_SCREEN"] !== undefined;
  return defaultDocument({ displayId: isHeadless ? null : await mainDisplay(), microphoneId: null });
}
