export type { AppRouter } from "../../../server/src/api/trpc/router.ts";
