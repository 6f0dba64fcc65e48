import { randomUUID } from "node:crypto";
import type { Command } from "../../model/commands.ts";
import type { StudioDocument } from "../../model/document.ts";
import type { Size } from "../../model/geometry/box.ts";
import { RequestFault, type StatusCode, status } from "./messages.ts";

/** The document as requests work on it. */
export interface DocumentDesk {
  readonly document: StudioDocument;
  /** Why not; null when it was done. */
  do(command: Command): string | null;
  /** A source's own size, where the engine has told it. */
  sizeOf(sourceId: string): Size | undefined;
}

const CODES: Readonly<Record<string, StatusCode>> = {
  unknown_scene: status.resourceNotFound,
  unknown_source: status.resourceNotFound,
  unknown_item: status.resourceNotFound,
  last_scene: status.cannotAct,
  scene_cycle: status.cannotAct,
  no_preview: status.studioModeNotActive,
  too_many: status.cannotAct,
};

/** Does it, or says why not in their codes. */
export function act(desk: DocumentDesk, command: Command): undefined {
  const refusal = desk.do(command);
  if (refusal !== null) throw new RequestFault(CODES[refusal] ?? status.requestProcessingFailed, refusal);
  return undefined;
}

export const newId = (): string => randomUUID().slice(0, 13);
