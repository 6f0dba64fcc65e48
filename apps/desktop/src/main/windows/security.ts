import { app, type Session, session, type WebContents } from "electron";
import { ORIGIN } from "./app-files.ts";

/** Newer Chromium asks before a page speaks to this machine or its network, where servers may be (WICG Local Network Access). */
const NETWORKS = ["local-network-access", "local-network", "loopback-network"];
/** What our own pages may have; nobody else has anything. */
const ALLOWED: ReadonlySet<string> = new Set([
  ...["media", "display-capture", "clipboard-sanitized-write"],
  ...NETWORKS,
]);

const isOurs = (url: string): boolean => url === ORIGIN || url.startsWith(`${ORIGIN}/`);

/** Electron approves every permission unless told otherwise (security guide, 5). */
export function guardPermissions(ours: Session): void {
  ours.setPermissionRequestHandler((_page, permission, answer, details) => {
    answer(ALLOWED.has(permission) && isOurs(details.requestingUrl));
  });
  ours.setPermissionCheckHandler((_page, permission, origin) => ALLOWED.has(permission) && isOurs(origin));
  ours.setDevicePermissionHandler(() => false);
}

/**
 * No page of the studio goes anywhere, opens a window or attaches a view (security guide, 12 to 14). Web pages of the
 * document, which have a session of their own, may go on to other pages (web-pages/).
 */
export function denyNavigation(): void {
  app.on("web-contents-created", (_event, contents: WebContents) => {
    if (contents.session === session.defaultSession) {
      contents.on("will-navigate", (event) => {
        if (!isOurs(event.url)) event.preventDefault();
      });
      contents.on("will-redirect", (event) => {
        if (!isOurs(event.url)) event.preventDefault();
      });
    }
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: "deny" }));
  });
}
