import { z } from "zod";

/** RFC 9457 problem details, with a stable `code` (see errors/codes.ts). */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  /** Field path → what is wrong with it; only for `invalid_request`. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
