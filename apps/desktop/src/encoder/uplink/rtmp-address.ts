/** Where an RTMP publication goes, taken apart as `connect` and `publish` want it. */
export interface RtmpAddress {
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  readonly app: string;
  readonly tcUrl: string;
}

/** `rtmp://host[:port]/app[/instance][?query]`; undefined for what is none. */
export function parseRtmpAddress(text: string): RtmpAddress | undefined {
  const match = /^(rtmps?):\/\/(\[[0-9a-f:.]+\]|[^/:@\s]+)(?::(\d{1,5}))?\/(\S+)$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, scheme = "", host = "", port, path = ""] = match;
  const tls = scheme.toLowerCase() === "rtmps";
  const number = port === undefined ? (tls ? 443 : 1935) : Number(port);
  const app = path.replace(/\/+$/, "");
  if (number < 1 || number > 65_535 || app === "") return undefined;
  return {
    tls,
    host: host.replace(/^\[|\]$/g, ""),
    port: number,
    app,
    tcUrl: `${scheme.toLowerCase()}://${host}${port === undefined ? "" : `:${port}`}/${app}`,
  };
}
