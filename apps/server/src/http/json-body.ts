import type { FastifyInstance } from "fastify";

/** Deeper than any contract of ours; beyond it a body only costs stack and time. */
const MAX_DEPTH = 32;

class BodyError extends Error {
  readonly code = "invalid_json";
}

/**
 * Parses `application/json`: nesting is bounded before anything is built, `__proto__` is refused,
 * and an empty body counts as none (many clients send the type on every POST).
 */
export function installJsonParser(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    const text = typeof body === "string" ? body : body.toString("utf8");
    if (text === "") return done(null, undefined);
    if (isTooDeep(text)) return done(new BodyError("The body is nested too deeply."), undefined);
    return parse(request, text, done);
  });
}

export function isTooDeep(json: string, limit = MAX_DEPTH): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x5b || c === 0x7b) {
      if (++depth > limit) return true;
    } else if (c === 0x5d || c === 0x7d) depth--;
  }
  return false;
}
