import { type Session, session, type WebContents } from "electron";
import { LOCAL_SCHEME } from "../windows/schemes.ts";

/** Cookies and logins of web pages, which our own pages' never meet. */
const PARTITION = "persist:web-pages";
/** What a page's window shows before its page. */
export const BLANK = "about:blank";

/** Windows that are still blank, and of which the engine may take the sound. */
const heard = new WeakSet<WebContents>();

/** Where the pages of the document live: they may load and play, and have nothing of this machine. */
export function pageSession(): Session {
  const pages = session.fromPartition(PARTITION);
  // Chromium asks the captured page whether it may be captured, and in the same words as a page that wants to capture
  // the screen: so yes is only said while there is no page yet.
  pages.setPermissionRequestHandler((contents, permission, answer, { requestingUrl }) =>
    answer(permission === "media" && requestingUrl === BLANK && heard.has(contents)),
  );
  pages.setPermissionCheckHandler(() => false);
  pages.setDevicePermissionHandler(() => false);
  pages.on("will-download", (event) => event.preventDefault());
  return pages;
}

/** Until what is returned is called. */
export function letBeHeard(contents: WebContents): () => void {
  heard.add(contents);
  return () => void heard.delete(contents);
}

/** A page may go on to another address by itself, but never from the web to what is local, nor to a programme. */
export function guardPage(contents: WebContents): void {
  const isLocal = (url: string) => url.startsWith(`${LOCAL_SCHEME}:`);
  const mayGo = (url: string) => /^https?:\/\//i.test(url) || (isLocal(url) && isLocal(contents.getURL()));
  const denyOthers = (event: Electron.Event<{ url: string }>) => {
    if (!mayGo(event.url)) event.preventDefault();
  };
  contents.on("will-navigate", denyOthers);
  contents.on("will-redirect", denyOthers);
  contents.on("will-frame-navigate", (event) => {
    const isInner = !event.isMainFrame && /^(about|data|blob):/.test(event.url);
    if (!isInner && !mayGo(event.url)) event.preventDefault();
  });
  // Nobody could answer its question whether one really wants to leave.
  contents.on("will-prevent-unload", (event) => event.preventDefault());
}
