import { protocol } from "electron";

/** Of our own pages. */
export const SCHEME = "app";
/** Of local web pages that the document shows (web-pages/). */
export const LOCAL_SCHEME = "overlay";

/** Before `ready`: both are secure origins of their own, and may stream. */
export function registerSchemes(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true };
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { ...privileges, codeCache: true } },
    { scheme: LOCAL_SCHEME, privileges },
  ]);
}
