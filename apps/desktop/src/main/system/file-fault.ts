const CODES: Readonly<Record<string, "disk_full" | "unwritable">> = {
  ENOSPC: "disk_full",
  EDQUOT: "disk_full",
  EACCES: "unwritable",
  EPERM: "unwritable",
  EROFS: "unwritable",
  ENOENT: "unwritable",
  ENOTDIR: "unwritable",
  EISDIR: "unwritable",
};

/** Why a file could not be written, as a code that the window has words for; else the system's own words. */
export const fileFault = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return ("code" in error && CODES[String(error.code)]) || error.message;
};
