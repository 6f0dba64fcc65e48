/** What a web page's address may be: of the web, or of a file of this machine. */
export const isPageAddress = (url: string): boolean => URL.canParse(url) && /^(https?|file):\/\//i.test(url);

/** The address of a file: `C:\a b.html` and `/a b.html` alike. */
export const fileAddress = (path: string): string => {
  const whole = path.replaceAll("\\", "/");
  const encoded = whole
    .split("/")
    .map(encodeURIComponent)
    .join("/")
    .replace(/^([a-z])%3A/i, "$1:");
  return `file://${encoded.startsWith("/") ? "" : "/"}${encoded}`;
};

/** The other way; what cannot be decoded stays as it is. */
export const pathOfAddress = (address: string): string => {
  const encoded = address.replace(/^file:\/\//i, "").replace(/^\/([a-z]:)/i, "$1");
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
};
