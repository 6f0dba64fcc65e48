const LINK = /<([^>]*)>((?:\s*;\s*[\w-]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]+))*)/g;
const PARAMETER = /;\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]+))/g;

/** As `RTCIceServer` takes it. */
interface LinkedIceServer {
  urls: string;
  username?: string;
  credential?: string;
}

/** The STUN and TURN servers that an answer's Link header names (RFC 9725 §4.6, RFC 8288 §3). */
export const iceServersOf = (header: string | null): LinkedIceServer[] => {
  const servers: LinkedIceServer[] = [];
  for (const [, urls = "", rest = ""] of (header ?? "").matchAll(LINK)) {
    const given = new Map<string, string>();
    for (const [, name = "", quoted, token = ""] of rest.matchAll(PARAMETER))
      given.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, "$1") ?? token);
    if (given.get("rel") !== "ice-server" || !/^(stun|turn)s?:/.test(urls)) continue;
    const [username, credential] = [given.get("username"), given.get("credential")];
    const isOpen = username === undefined || credential === undefined;
    // A browser throws at a TURN server without a password.
    if (isOpen && urls.startsWith("turn")) continue;
    servers.push({ urls, ...(isOpen ? {} : { username, credential }) });
  }
  return servers;
};
