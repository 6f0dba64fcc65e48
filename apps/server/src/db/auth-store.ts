import { prismaAdapter } from "better-auth/adapters/prisma";
import type { PrismaClient } from "./generated/client.ts";

/** Where the auth library keeps users, sessions and password hashes. */
export function createAuthStore(prisma: PrismaClient) {
  return prismaAdapter(prisma, { provider: "postgresql" });
}

export type AuthStore = ReturnType<typeof createAuthStore>;
