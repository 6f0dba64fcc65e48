/** Prisma's code for a broken unique constraint (P2002): somebody else was first. */
export function isUniqueViolation(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "P2002";
}
