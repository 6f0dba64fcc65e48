import { defaultDocument } from "../../model/default-document.ts";
import type { StudioDocument } from "../../model/document.ts";
import { mainDisplay } from "../ipc/capture-list.ts";

/** What a fresh profile begins with. A screen in memory shows nothing but the studio: there a test picture says more. */
export async function freshDocument(): Promise<StudioDocument> {
  const isHeadless = process.env["FOOTLIGHT_VIRTUAL_SCREEN"] !== undefined;
  return defaultDocument({ displayId: isHeadless ? null : await mainDisplay(), microphoneId: null });
}
