import { vi } from "vitest";

/** On two cores that transcode what is waited for comes late; vitest's own second is an idle machine's. */
const PATIENCE_MS = 10_000;

/** For vitest's `setupFiles`: `vi.waitFor` has no setting of its own, as `expect.poll` has. */
const { waitFor } = vi;
vi.waitFor = (callback, options = {}) =>
  waitFor(callback, typeof options === "number" ? options : { timeout: PATIENCE_MS, ...options });
