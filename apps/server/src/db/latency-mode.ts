import type { LatencyMode } from "@footlight/shared";
import type { LatencyMode as Row } from "./generated/enums.ts";

/** Prisma's enums cannot hold a hyphen. */
export const toLatencyMode = (row: Row): LatencyMode => (row === "ultra_low" ? "ultra-low" : row);
export const fromLatencyMode = (mode: LatencyMode): Row => (mode === "ultra-low" ? "ultra_low" : mode);
