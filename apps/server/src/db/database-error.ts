export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  constructor(
    readonly code: "in_use" | "unreachable" | "unusable" | "newer" | "migration_failed",
    message: string,
    options?: { cause: unknown },
  ) {
    super(message, options);
  }
}

/** Prisma's code for a broken unique constraint (P2002): somebody else was first. */
export function isUniqueViolation(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "P2002";
}
