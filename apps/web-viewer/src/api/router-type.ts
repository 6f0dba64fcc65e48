// biome-ignore lint/style/noRestrictedImports: a type only, until the server has its router
export type { AppRouter } from "../../fixtures/mock-router.ts";
