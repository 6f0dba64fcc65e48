import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import type { ChannelId, StreamId, UserId } from "@footlight/shared";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadSecrets } from "../src/config/secrets.ts";
import { Database } from "../src/db/database.ts";
import { migrate, type SqlConnection } from "../src/db/migrate.ts";
import type { Repositories } from "../src/db/repositories.ts";
import { createTestDatabase, ENGINES, type TestDatabase } from "../src/testing/database.ts";
import { TestPostgres } from "../src/testing/postgres.ts";
import { TestApi } from "../src/testing/test-api.ts";

const MIGRATIONS = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));
const SCHEMA = fileURLToPath(new URL("../../../prisma/schema.prisma", import.meta.url));
const FIRST = "20261121000000_first_light";
const silent = pino({ level: "silent" });
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "footlight-db-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A copy of the migrations with one more. */
async function migrationsWith(name: string, sql: string): Promise<string> {
  const copy = await mkdtemp(path.join(folder, "migrations-"));
  await cp(MIGRATIONS, copy, { recursive: true });
  await mkdir(path.join(copy, name));
  await writeFile(path.join(copy, name, "migration.sql"), sql);
  return copy;
}

describe.each(ENGINES)("migrating %s", (engine) => {
  let postgres: TestPostgres | undefined;
  let pglite: PGlite | undefined;
  let connection: SqlConnection;
  let client: pg.Client | undefined;

  beforeAll(async () => {
    if (engine === "PGlite") {
      const lite = await PGlite.create();
      pglite = lite;
      connection = {
        exec: async (sql) => void (await lite.exec(sql)),
        query: async (sql, values) => (await lite.query<Record<string, unknown>>(sql, [...values])).rows,
      };
    } else {
      postgres = await TestPostgres.start();
      const real = new pg.Client({ connectionString: await postgres.createDatabase() });
      client = real;
      await real.connect();
      connection = {
        exec: async (sql) => void (await real.query(sql)),
        query: async (sql, values) => (await real.query(sql, [...values])).rows,
      };
    }
  });
  afterAll(async () => {
    await client?.end();
    await pglite?.close();
    await postgres?.[Symbol.asyncDispose]();
  });

  it("applies each migration once and records it as Prisma does", async () => {
    const entries = await readdir(MIGRATIONS, { withFileTypes: true });
    const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
    expect(await migrate(connection, MIGRATIONS, silent)).toEqual(names);
    expect(await migrate(connection, MIGRATIONS, silent)).toEqual([]);
    const rows = await connection.query(`SELECT * FROM "_prisma_migrations"`, []);
    const sql = await readFile(path.join(MIGRATIONS, FIRST, "migration.sql"));
    expect(rows.map((row) => row["migration_name"]).sort()).toEqual(names);
    const first = rows.find((row) => row["migration_name"] === FIRST);
    expect(first).toMatchObject({
      migration_name: FIRST,
      checksum: createHash("sha256").update(sql).digest("hex"),
      applied_steps_count: 1,
      rolled_back_at: null,
      logs: null,
    });
    expect(first?.["finished_at"]).not.toBeNull();
    expect(String(first?.["id"])).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("makes the very tables of schema.prisma", async () => {
    const models = parseSchema(await readFile(SCHEMA, "utf8"));
    expect(models.size).toBeGreaterThan(15);
    const columns = await connection.query(
      `SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name NOT LIKE '\\_prisma%'`,
      [],
    );
    const made = columns.map((row) =>
      [row["table_name"], row["column_name"], row["data_type"], row["is_nullable"]].join(" "),
    );
    expect(made.sort()).toEqual([...models.values()].flatMap(({ columns: wanted }) => wanted).sort());
    const indexes = (
      await connection.query("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'", [])
    ).map(({ indexdef }) => String(indexdef).replaceAll('"', ""));
    for (const { table, indexes: wanted } of models.values()) {
      for (const { unique, on } of wanted) {
        const found = indexes.some(
          (index) =>
            index.includes(` public.${table} `) &&
            index.endsWith(`(${on.join(", ")})`) &&
            (!unique || index.includes("UNIQUE")),
        );
        expect(found, `${table} (${on})`).toBe(true);
      }
    }
  });

  it("undoes a migration that fails, whole, and applies it when it is mended", async () => {
    const name = "29990101000000_broken";
    const broken = await migrationsWith(name, "CREATE TABLE half (id int); SELECT no_such_function();");
    await expect(migrate(connection, broken, silent)).rejects.toMatchObject({ code: "database_unavailable" });
    const half = await connection.query("SELECT to_regclass('half') AS half", []);
    expect(half[0]).toEqual({ half: null });
    await writeFile(path.join(broken, name, "migration.sql"), "CREATE TABLE half (id int);");
    expect(await migrate(connection, broken, silent)).toEqual([name]);
    // An older server does not touch a newer database.
    await expect(migrate(connection, MIGRATIONS, silent)).rejects.toThrow(/newer version/);
    await connection.exec(
      `DROP TABLE half; DELETE FROM "_prisma_migrations" WHERE "migration_name" = '${name}'`,
    );
  });
});

describe("a PostgreSQL server", () => {
  it("is migrated once by several that start at once", async () => {
    await using postgres = await TestPostgres.start();
    const url = await postgres.createDatabase();
    const databases = await Promise.all([1, 2, 3].map(() => Database.create({ url, logger: silent })));
    await Promise.all(databases.map((database) => database.ping()));
    await Promise.all(databases.map((database) => database.close()));
  });

  it("that does not answer is one sentence, without the password", async () => {
    const url = "postgresql://user:hunter2@127.0.0.1:1/nothing";
    const error = await Database.create({ url, logger: silent }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: "StartupError", code: "database_unavailable" });
    expect((error as Error).message).toMatch(/127\.0\.0\.1:1 \(DATABASE_URL\)/);
    expect((error as Error).message).not.toContain("hunter2");
  });
});

describe.each(ENGINES)("repositories on %s", (engineName) => {
  let engine: TestDatabase;
  let api: TestApi;
  let db: Repositories;
  let channelId: ChannelId;
  let userId: UserId;

  beforeAll(async () => {
    engine = await createTestDatabase(engineName);
    db = engine.database.repositories;
  });
  beforeEach(async () => {
    await engine.database.empty();
    api = await TestApi.start(engine.database);
    const signedUp = await api.domain.registration.signUp(
      { username: "anna" as never, email: "anna@example.org", password: "a long enough one" },
      { address: "192.0.2.1", userAgent: undefined },
    );
    if (signedUp.kind !== "signed_in") throw new Error(signedUp.code);
    userId = signedUp.account.userId;
    channelId = (await api.domain.channels.of(signedUp.account)).channelId;
    return async () => await api[Symbol.asyncDispose]();
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
  });

  const settings = {
    title: "Title",
    category: "Köche  und Öfen",
    tags: ["b", "a", "ü"],
    latencyMode: "ultra-low",
    recording: true,
    chat: false,
  } as const;
  const create = async (id: string, now = new Date()) =>
    await db.streams.create({ streamId: id as StreamId, channelId, now }, settings);

  it("keep a stream as it was given, times to the millisecond and in UTC", async () => {
    const now = new Date("2026-03-29T01:30:00.123Z");
    expect(await create("stream-one", now)).toBe(true);
    const epochMs = 1_790_000_000_123;
    await db.streams.setLive("stream-one" as StreamId, { epochMs, now });
    expect(await db.streams.byId("stream-one" as StreamId)).toMatchObject({
      ...settings,
      category: "Köche  und Öfen",
      status: "live",
      username: "anna",
      epochMs,
      createdAtMs: now.getTime(),
      startedAtMs: now.getTime(),
      endedAtMs: null,
    });
  });

  it("let a channel have one open stream", async () => {
    expect(await create("stream-one")).toBe(true);
    expect(await create("stream-two")).toBe(false);
    const several = await Promise.all(["s-aaaaaaa", "s-bbbbbbb"].map((id) => create(id)));
    expect(several).toEqual([false, false]);
    await db.streams.setEnded("stream-one" as StreamId, new Date());
    expect(await create("stream-two")).toBe(true);
    expect(await db.streams.setLive("stream-one" as StreamId, { epochMs: 1, now: new Date() })).toBe(false);
    expect((await db.streams.newestOf(channelId))?.streamId).toBe("stream-two");
  });

  it("take categories for one whatever their case, and show the first spelling", async () => {
    await create("stream-one");
    await db.streams.updateReady("stream-one" as StreamId, { ...settings, category: "KÖCHE und öfen" });
    expect((await db.streams.byId("stream-one" as StreamId))?.category).toBe("Köche  und Öfen");
    expect(await db.categories.list(10)).toEqual([{ name: "Köche  und Öfen", liveStreams: 0 }]);
    const ids = await Promise.all(["New", "new", "NEW", "nEw"].map((name) => db.categories.categoryId(name)));
    expect(new Set(ids).size).toBe(1);
  });

  it("index segments: oldest first, the newest ones, forgotten below a number", async () => {
    await create("stream-one");
    const streamId = "stream-one" as StreamId;
    const run = {
      run: 0,
      renditions: [
        {
          name: "source",
          kind: "video",
          codecString: "avc1.64001f",
          width: 640,
          height: 360,
          fps: 29.97,
          bitrateBps: 1,
          sampleRate: 0,
          channels: 0,
        },
      ],
    } as const;
    await db.segments.addRun(streamId, run);
    await db.segments.addRun(streamId, run);
    const segment = (seq: number) => ({
      streamId,
      seq,
      // Two years of ticks, beyond 32 bits.
      start90k: 5_676_480_000_000 + seq * 180_000,
      duration90k: 180_000,
      run: 0,
      clock: { source: "capture", offsetMs: -1_795_262_400_123 } as const,
      sizes: { source: 1000 + seq, audio: 10 },
    });
    for (let seq = 0; seq < 5; seq++) await db.segments.addSegment(segment(seq));
    await db.segments.addSegment(segment(4));
    expect(await db.segments.load(streamId, 3)).toEqual({ runs: [run], segments: [2, 3, 4].map(segment) });
    await db.segments.forget(streamId, 4);
    expect((await db.segments.load(streamId, 10)).segments).toEqual([segment(4)]);
    expect(await db.segments.newestEnd90k(streamId)).toBe(segment(5).start90k);
    await db.segments.addSegment({ ...segment(0), streamId: "no-such-stream" as StreamId });
    expect((await db.segments.load("no-such-stream" as StreamId, 10)).segments).toEqual([]);
  });

  it("find what stored media belongs to, and what has expired", async () => {
    await create("stream-one");
    const streamId = "stream-one" as StreamId;
    expect(await db.streamDirectory.find(streamId)).toBeUndefined();
    await db.streams.updateReady(streamId, { ...settings, recording: false });
    await db.streams.setLive(streamId, { epochMs: 7, now: new Date() });
    expect(await db.streamDirectory.find(streamId)).toEqual({ epochMs: 7, ended: false, recording: false });
    await db.segments.addSegment({ streamId, seq: 0, start90k: 0, duration90k: 1, run: 0, sizes: {} });
    await db.streams.setEnded(streamId, new Date(1_000));
    expect(await db.streamDirectory.expired(1_000, 10)).toEqual([]);
    expect(await db.streamDirectory.expired(1_001, 10)).toEqual([streamId]);
    await db.segments.forget(streamId, 1);
    expect(await db.streamDirectory.expired(1_001, 10)).toEqual([]);
  });

  it("tell a starting server what ran, and when it was last seen", async () => {
    const key = (await api.domain.keys.of(channelId)).reveal();
    const streamId = await api.goLive(key);
    const epochMs = (await db.streams.byId(streamId))?.epochMs ?? 0;
    const seen = async () => await api.domain.lifecycle.recoverable();
    const [first] = await seen();
    expect(first?.stream).toMatchObject({ streamId, username: "anna", epochMs });
    expect(Math.abs((first?.lastSeenMs ?? 0) - epochMs)).toBeLessThan(1_000);
    api.clock.advance(60_000);
    await db.segments.addSegment({
      streamId,
      seq: 0,
      start90k: 40_000 * 90,
      duration90k: 2_000 * 90,
      run: 0,
      sizes: {},
    });
    expect((await seen())[0]?.lastSeenMs).toBe(epochMs + 42_000);
    await db.streams.touch([streamId], new Date(epochMs + 50_000));
    expect((await seen())[0]?.lastSeenMs).toBe(epochMs + 50_000);
    await db.segments.addSegment({ streamId, seq: 1, start90k: 9e9, duration90k: 0, run: 0, sizes: {} });
    expect((await seen())[0]?.lastSeenMs).toBeLessThanOrEqual(api.clock.nowMs());
    await api.domain.lifecycle.ended(streamId);
    expect(await seen()).toEqual([]);
  });

  it("hold no key in the clear, and none that opens elsewhere", async () => {
    const key = (await api.domain.keys.of(channelId)).reveal();
    const sealed = Buffer.from((await db.streamKeys.sealed(channelId)) ?? []);
    expect(sealed.length).toBeGreaterThan(35);
    expect(sealed.includes(key) || sealed.includes(key.slice(3))).toBe(false);
    await db.streamKeys.put(channelId, {
      sealed: sealed.map((byte, index) => (index === sealed.length - 1 ? byte ^ 1 : byte)),
      lookup: "x",
      now: new Date(),
    });
    await expect(api.domain.keys.of(channelId)).rejects.toThrow();
  });

  it("forget everything of an account", async () => {
    await create("stream-one");
    await db.segments.addSegment({
      streamId: "stream-one" as StreamId,
      seq: 0,
      start90k: 0,
      duration90k: 1,
      run: 0,
      sizes: {},
    });
    await db.users.delete(userId);
    expect(await db.channels.byId(channelId)).toBeUndefined();
    expect(await db.streams.byId("stream-one" as StreamId)).toBeUndefined();
    expect((await db.segments.load("stream-one" as StreamId, 9)).segments).toEqual([]);
    expect(await db.streamKeys.sealed(channelId)).toBeUndefined();
  });
});

describe("a DATA_DIR", () => {
  it("keeps the embedded database over a restart", async () => {
    const dataDir = path.join(folder, "kept");
    const first = await Database.create({ dataDir, logger: silent });
    await first.repositories.categories.categoryId("Kept");
    await first.close();
    await first.close();
    const second = await Database.create({ dataDir, logger: silent });
    expect(await second.repositories.categories.list(1)).toEqual([{ name: "Kept", liveStreams: 0 }]);
    await second.close();
  });

  it("keeps its secrets to its owner, the same for all who start at once", async () => {
    const dataDir = path.join(folder, "secrets");
    const all = await Promise.all([1, 2, 3, 4].map(() => loadSecrets(dataDir)));
    for (const secrets of all) expect(secrets).toEqual(all[0]);
    const file = path.join(dataDir, "secrets.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await loadSecrets(dataDir)).toEqual(all[0]);
    await writeFile(file, '{"auth": "short"}');
    await expect(loadSecrets(dataDir)).rejects.toThrow(/damaged/);
  });
});

interface Model {
  readonly table: string;
  /** `table column type YES|NO`, as information_schema tells them. */
  readonly columns: string[];
  readonly indexes: { readonly unique: boolean; readonly on: string[] }[];
}

const SQL_TYPES: Record<string, string> = {
  String: "text",
  Boolean: "boolean",
  Int: "integer",
  BigInt: "bigint",
  DateTime: "timestamp without time zone",
  Json: "jsonb",
  Bytes: "bytea",
  StreamStatus: "USER-DEFINED",
  LatencyMode: "USER-DEFINED",
};

/** As much of Prisma's schema language as ours uses. */
function parseSchema(text: string): Map<string, Model> {
  const models = new Map<string, Model>();
  for (const [, name = "", body = ""] of text.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name;
    const columns: string[] = [];
    const indexes: Model["indexes"] = [];
    const columnOf = new Map<string, string>();
    for (const line of body.split("\n")) {
      const [, field = "", type = "", optional] = /^ {2}(\w+)\s+(\w+)(\?)?/.exec(line) ?? [];
      const sqlType = SQL_TYPES[type];
      if (sqlType === undefined) continue;
      const column = /@map\("(\w+)"\)/.exec(line)?.[1] ?? field;
      columnOf.set(field, column);
      columns.push([table, column, sqlType, optional === undefined ? "NO" : "YES"].join(" "));
      if (/@(unique|id)\b/.test(line)) indexes.push({ unique: true, on: [column] });
    }
    for (const [, kind, list = ""] of body.matchAll(/@@(id|unique|index)\(\[([^\]]+)\]/g)) {
      const on = list.split(",").map((field) => columnOf.get(field.trim()) ?? field.trim());
      indexes.push({ unique: kind !== "index", on });
    }
    models.set(name, { table, columns, indexes });
  }
  return models;
}
