/** An element that is written when it is known what is in it; attributes that are undefined are left out. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly children: readonly Element[];
}

export const element = (
  name: string,
  attributes: Element["attributes"] = {},
  children: readonly (Element | undefined)[] = [],
): Element => ({ name, attributes, children: children.filter((child) => child !== undefined) });

/** One element a line, ending in a newline. */
export function writeXml(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, "")}`;
}

function write({ name, attributes, children }: Element, indent: string): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join("");
  if (children.length === 0) return `${indent}<${name}${written}/>\n`;
  const inner = children.map((child) => write(child, `${indent}  `)).join("");
  return `${indent}<${name}${written}>\n${inner}${indent}</${name}>\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
