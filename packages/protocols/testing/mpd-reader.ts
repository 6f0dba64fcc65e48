/** An element of a manifest as an independent client reads it: strictly, and by names alone. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
}

/** Well-formed XML of elements and attributes only; throws on anything else. */
export function readXml(text: string): XmlElement {
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
  if (!text.startsWith(declaration)) throw new Error("no XML declaration");
  const root: XmlElement = { name: "", attributes: {}, children: [] };
  const open = [root];
  const token = /\s*<(\/?)([A-Za-z][A-Za-z0-9:]*)((?:\s+[A-Za-z:]+="[^"<]*")*)\s*(\/?)>/y;
  token.lastIndex = declaration.length;
  for (let end = token.lastIndex; text.slice(end).trim() !== ""; end = token.lastIndex) {
    const match = token.exec(text);
    if (match === null) throw new Error(`not well-formed at: ${text.slice(end, end + 80)}`);
    const [, closing, name = "", attributes = "", empty] = match;
    if (closing === "/") {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes another element`);
      continue;
    }
    const element = { name, attributes: readAttributes(attributes), children: [] };
    open.at(-1)?.children.push(element);
    if (empty !== "/") open.push(element);
  }
  const [mpd] = root.children;
  if (mpd === undefined || open.length !== 1 || root.children.length !== 1)
    throw new Error("not one element");
  return mpd;
}

function readAttributes(text: string): Record<string, string> {
  const all = [...text.matchAll(/([A-Za-z:]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]);
  if (new Set(all.map(([name]) => name)).size !== all.length) throw new Error(`given twice in${text}`);
  return Object.fromEntries(all);
}

export const childrenOf = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name);

export interface ReadRepresentation {
  readonly id: string;
  readonly kind: string;
  readonly bandwidth: number;
  readonly initUrl: string;
  readonly firstNumber: number;
  /** Seconds of a segment, and how long before its end it may be asked for. */
  readonly segmentS: number;
  readonly availableBeforeEndS: number;
  /** Media time of the Period's start, seconds. */
  readonly mediaStartS: number;
  urlOf(number: number): string;
}

export interface ReadPeriod {
  readonly id: string;
  readonly startS: number;
  /** Where the next one begins, or its own; infinite while it goes on. */
  readonly endS: number;
  readonly representations: ReadRepresentation[];
}

export interface ReadMpd {
  readonly root: XmlElement;
  readonly type: string;
  readonly availabilityStartMs: number;
  readonly periods: ReadPeriod[];
}

/** A manifest with numbered segments of one length a Period (ISO/IEC 23009-1 §5.3.9.4). */
export function readMpd(text: string, url: string): ReadMpd {
  const root = readXml(text);
  const elements = childrenOf(root, "Period");
  const periods = elements.map((element, index): ReadPeriod => {
    const startS = seconds(element.attributes["start"]);
    const nextS = seconds(elements[index + 1]?.attributes["start"]);
    const ownS = startS + seconds(element.attributes["duration"]);
    const endS = [ownS, nextS].find(Number.isFinite) ?? Number.POSITIVE_INFINITY;
    const representations = childrenOf(element, "AdaptationSet").flatMap((set) => readSet(set, url));
    return { id: element.attributes["id"] ?? "", startS, endS, representations };
  });
  return {
    root,
    type: root.attributes["type"] ?? "",
    availabilityStartMs: Date.parse(root.attributes["availabilityStartTime"] ?? ""),
    periods,
  };
}

function readSet(set: XmlElement, url: string): ReadRepresentation[] {
  const template = childrenOf(set, "SegmentTemplate")[0]?.attributes ?? {};
  const timescale = Number(template["timescale"]);
  return childrenOf(set, "Representation").map(({ attributes }) => {
    const id = attributes["id"] ?? "";
    const fill = (pattern = "", number = 0) =>
      new URL(pattern.replace("$RepresentationID$", id).replace("$Number$", String(number)), url).href;
    return {
      id,
      kind: set.attributes["contentType"] ?? "",
      bandwidth: Number(attributes["bandwidth"]),
      initUrl: fill(template["initialization"]),
      firstNumber: Number(template["startNumber"]),
      segmentS: Number(template["duration"]) / timescale,
      availableBeforeEndS: Number(template["availabilityTimeOffset"] ?? 0),
      mediaStartS: Number(template["presentationTimeOffset"]) / timescale,
      urlOf: (number) => fill(template["media"], number),
    };
  });
}

/** `PT1.5S`; not a number where nothing is said. */
function seconds(duration: string | undefined): number {
  return Number(/^PT(\d+(?:\.\d+)?)S$/.exec(duration ?? "")?.[1] ?? Number.NaN);
}
