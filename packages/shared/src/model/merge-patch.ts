/** Plain JSON, as a topic's state travels. Where nothing is, the key is left out: `null` means "take away". */
export type Json = string | number | boolean | readonly Json[] | JsonObject | null;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** RFC 7396: objects are merged key by key, `null` takes a key away, everything else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged = new Map<string, Json>(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  // `fromEntries` defines properties, so that a key `__proto__` stays a key.
  return Object.fromEntries(merged);
}

/**
 * The patch that makes `to` of `from`; undefined where they are equal. Both are states without `null`
 * as a member of an object (see `withoutNulls`).
 */
export function diffPatch(from: JsonObject, to: JsonObject): JsonObject | undefined {
  const changes: [string, Json][] = [];
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) changes.push([key, null]);
  for (const [key, value] of Object.entries(to)) {
    const before = Object.hasOwn(from, key) ? from[key] : undefined;
    if (before !== undefined && isObject(before) && isObject(value)) {
      const inner = diffPatch(before, value);
      if (inner !== undefined) changes.push([key, inner]);
    } else if (before === undefined || JSON.stringify(before) !== JSON.stringify(value)) {
      changes.push([key, value]);
    }
  }
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

/** A state as it may be patched: members that are `null` or undefined are left out, at every depth. */
export function withoutNulls(state: object): JsonObject {
  return Object.fromEntries(
    Object.entries(state)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([key, value]) => [key, isPlainObject(value) ? withoutNulls(value) : (value as Json)]),
  );
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
