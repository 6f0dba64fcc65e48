import type { StageId, StageMe } from "@footlight/shared";

/** Where this tab keeps things; gone with the tab. */
export type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** What a guest who came by a link needs to come back after a reload. */
export interface GuestSession {
  readonly guestToken: string;
  readonly me: Pick<StageMe, "participantId" | "name" | "hostDisplayName" | "hostUsername" | "title">;
}

const linkKey = (stageId: StageId) => `footlight.stage-link.${stageId}`;
const guestKey = (stageId: StageId) => `footlight.stage-guest.${stageId}`;

/**
 * Takes a link's token out of the address, so that it is neither on the screen, nor in the history, nor in
 * what somebody copies. It is kept for this tab until it is redeemed: a reload before that must not lose it.
 */
export function takeLinkToken(
  stageId: StageId,
  page: { readonly hash: string; readonly hide: () => void },
  storage: TabStorage,
): string | null {
  const token = /^#([A-Za-z0-9_-]{22,128})$/.exec(page.hash)?.[1];
  if (page.hash !== "") page.hide();
  if (token !== undefined) storage.setItem(linkKey(stageId), token);
  return storage.getItem(linkKey(stageId));
}

export function forgetLinkToken(stageId: StageId, storage: TabStorage): void {
  storage.removeItem(linkKey(stageId));
}

export function keepGuestSession(stageId: StageId, session: GuestSession, storage: TabStorage): void {
  storage.setItem(guestKey(stageId), JSON.stringify(session));
  forgetLinkToken(stageId, storage);
}

export function guestSessionOf(stageId: StageId, storage: TabStorage): GuestSession | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(guestKey(stageId)) ?? "null");
    const isSession = typeof kept === "object" && kept !== null && "guestToken" in kept && "me" in kept;
    return isSession ? (kept as GuestSession) : null;
  } catch {
    return null;
  }
}

export function forgetGuestSession(stageId: StageId, storage: TabStorage): void {
  storage.removeItem(guestKey(stageId));
}
