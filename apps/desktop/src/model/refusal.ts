import type { Refusal } from "./commands.ts";

export const refuse = (refusal: Refusal): { readonly refusal: Refusal } => ({ refusal });
export const isRefusal = (result: object): result is { readonly refusal: Refusal } => "refusal" in result;
