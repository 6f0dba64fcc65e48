import type { BroadcastSnapshot, StudioSettings } from "../../contract/studio-topics.ts";
import type { Account } from "../account/account.ts";
import type { ServerClient } from "../account/server-client.ts";
import { type Destination, FOOTLIGHT, GRACE_MS, type TargetBook } from "./target-book.ts";

/** What shall go on air; a rehearsal is seen by its owner alone until it is made public. */
export type StreamWish = StudioSettings["stream"] & { readonly rehearsal: boolean };

export type BroadcastFault = NonNullable<BroadcastSnapshot["fault"]>;

/** A destination with all that publishing to it takes. */
export interface Ready {
  readonly id: string;
  readonly name: string;
  readonly by: "rtmp" | "whip";
  readonly url: string;
  readonly key: string;
  readonly graceMs: number;
  /** Of a Footlight server: takes afterwards what a broken line kept back. */
  readonly backfill?: { readonly url: string; readonly token: string; readonly folder: string } | undefined;
}

export interface Announced {
  readonly client: ServerClient;
  readonly streamId: string;
  readonly watchUrl: string;
  /** How long the server holds it back. */
  readonly delayS: number;
}

export type Gathered =
  | { readonly ok: true; readonly ready: readonly Ready[]; readonly announced: Announced | undefined }
  | { readonly ok: false; readonly fault: BroadcastFault };

/** Addresses and keys of all that is enabled (`spools`: a folder); announces the stream to the account's server, if that is among them. */
export async function gather(
  {
    book,
    account,
    spools,
  }: { readonly book: TargetBook; readonly account: Account; readonly spools: string },
  stream: StreamWish,
  signal: AbortSignal,
): Promise<Gathered> {
  const wanted = book.all().filter((each) => each.enabled);
  if (wanted.length === 0) return fail("no_target");
  const ready: Ready[] = [];
  let announced: Announced | undefined;
  for (const target of wanted) {
    if (target.id === FOOTLIGHT) {
      const began = await announce(account, stream, signal);
      if (!began.ok) return began;
      announced = began.announced;
      const where = announced.client.backfillOf(announced.streamId);
      const backfill = where && { ...where, folder: spools };
      const { id, name } = target;
      ready.push({ id, name, by: "rtmp", ...began.address, graceMs: GRACE_MS, backfill });
    } else {
      const one = custom(target, book.key(target.id));
      if (one !== undefined) ready.push(one);
    }
  }
  return ready.length === 0 ? fail("no_target") : { ok: true, ready, announced };
}

const custom = ({ id, name, kind, url }: Destination, key: string | undefined): Ready | undefined =>
  key === undefined || kind === "footlight" ? undefined : { id, name, by: kind, url, key, graceMs: GRACE_MS };

const fail = (code: BroadcastFault["code"], detail = "") => ({ ok: false, fault: { code, detail } }) as const;

async function announce(account: Account, stream: StreamWish, signal: AbortSignal) {
  const client = account.client();
  if (client === undefined) return fail("not_signed_in");
  const wish = {
    title: stream.title.trim() || `${account.username}'s broadcast`,
    category: stream.category.trim(),
    tags: stream.tags,
    latencyMode: stream.latencyMode,
    visibility: stream.rehearsal ? "rehearsal" : "public",
    delayS: stream.delayS,
    recording: false,
    chat: true,
  } as const;
  const answer = await client.startStream(wish, signal);
  if (!answer.ok) {
    if (answer.fault === "unreachable") return fail("server_unreachable", account.server);
    if (answer.fault === "foreign") return fail("server_refused", account.server);
    // The token has run out, or was withdrawn.
    if (answer.status === 401) return fail("not_signed_in");
    return fail("server_refused", answer.detail);
  }
  const { ingest, streamKey, streamId, watchPath } = answer.value;
  const isSecure = new URL(account.server).protocol === "https:";
  return {
    ok: true,
    announced: {
      client,
      streamId,
      watchUrl: new URL(watchPath, account.server).href,
      delayS: stream.delayS,
    },
    // A key does not cross a network in the clear that the account's password did not.
    address: { url: (isSecure ? ingest.rtmps : null) ?? ingest.rtmp, key: streamKey },
  } as const;
}
