const NAME = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * `a=1; b=2` of fmtp and rid, values as text. sdp-transform's own would turn a `profile-level-id` of digits
 * into a number. Without a prototype, for names are the client's.
 */
export function parseParameters(text: string): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null);
  for (const part of text.split(";", 64)) {
    const at = part.indexOf("=");
    const name = (at < 0 ? part : part.slice(0, at)).trim();
    if (NAME.test(name)) parameters[name] = at < 0 ? "" : part.slice(at + 1).trim();
  }
  return { ...parameters };
}

export function writeParameters(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`))
    .join(";");
}
