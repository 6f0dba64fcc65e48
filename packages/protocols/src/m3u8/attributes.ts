/** HLS attribute lists (RFC 8216 §4.2): `NAME=VALUE` joined by commas; undefined values are left out. */
export type AttributeValue = string | number | { readonly quoted: string } | undefined;

export const quoted = (text: string): { quoted: string } => {
  // A quoted-string cannot hold these, and ours never do: names and codec strings are our own.
  if (/["\r\n]/.test(text)) throw new RangeError("not a quoted-string");
  return { quoted: text };
};

export function tag(name: string, attributes: Readonly<Record<string, AttributeValue>>): string {
  const list = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [`${key}=${typeof value === "object" ? `"${value.quoted}"` : value}`];
  });
  return `#EXT-X-${name}:${list.join(",")}`;
}
