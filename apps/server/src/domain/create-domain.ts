import type { Database } from "../db/database.ts";
import type { BlobStore } from "../platform/blob/blob-store.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { AccountDeletion } from "./accounts/account-deletion.ts";
import { AuthGateway, createAuth } from "./accounts/auth.ts";
import { LinkTokens } from "./accounts/link-tokens.ts";
import { PasswordHasher } from "./accounts/password-hasher.ts";
import { type Mailer, Passwords } from "./accounts/passwords.ts";
import { Registration, type RegistrationMode } from "./accounts/registration.ts";
import { SessionSweeper } from "./accounts/session-sweeper.ts";
import { SignIn } from "./accounts/sign-in.ts";
import { Audience } from "./audience/audience.ts";
import { Backfill } from "./backfill/backfill.ts";
import { StreamCounters } from "./backfill/stream-counters.ts";
import { Categories } from "./categories/categories.ts";
import { Avatars, type ResizeImage } from "./channels/avatars.ts";
import { Channels } from "./channels/channels.ts";
import { Follows } from "./follows/follows.ts";
import { KeyCipher } from "./keys/key-cipher.ts";
import { KeyRotation } from "./keys/key-rotation.ts";
import { StreamKeys } from "./keys/stream-keys.ts";
import { StageInvitations } from "./stage/stage-invitations.ts";
import { Stages } from "./stage/stages.ts";
import type { LiveControl } from "./streams/live-control.ts";
import { PublishBlock } from "./streams/publish-block.ts";
import { PublishRefusals } from "./streams/publish-refusals.ts";
import { PublisherSwitch } from "./streams/publisher-switch.ts";
import { Rehearsals } from "./streams/rehearsals.ts";
import { StreamChronicle } from "./streams/stream-chronicle.ts";
import { StreamGate } from "./streams/stream-gate.ts";
import { StreamLists } from "./streams/stream-lists.ts";
import { Streams } from "./streams/streams.ts";
import { MemoryViewerCounter } from "./viewers/memory-viewer-counter.ts";
import { ViewerTally } from "./viewers/viewer-tally.ts";
import { Viewers } from "./viewers/viewers.ts";

export interface DomainOptions {
  readonly database: Pick<Database, "repositories" | "authStore">;
  readonly secrets: {
    readonly auth: string;
    readonly keyEncryption: Uint8Array;
    readonly hmac: Uint8Array;
  };
  readonly registration: RegistrationMode;
  readonly loginAttemptsPerMinute: number;
  readonly graceMs: number;
  /** Whether the machine carries one more stream. */
  readonly hasCapacity: () => boolean;
  /** Called only once streams run, so that app.ts may join the hub to it afterwards. */
  readonly live: LiveControl;
  readonly blobs: BlobStore;
  /** Whether there is space for what may be left out. */
  readonly canStore: () => Promise<boolean>;
  readonly resizeImage: ResizeImage;
  readonly mailer: Mailer | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Builds the rules of the product over a database; nothing of it knows HTTP. Disposal writes what is owed. */
export function createDomain(options: DomainOptions) {
  const { clock, blobs, live, graceMs } = options;
  const { repositories: db, authStore } = options.database;
  const logger = options.logger.child({ area: "domain" });
  const attemptsPerMinute = options.loginAttemptsPerMinute;

  const hasher = new PasswordHasher();
  const auth = new AuthGateway(
    createAuth({ store: authStore, secret: options.secrets.auth, hasher }),
    hasher,
  );
  const tokens = new LinkTokens(options.secrets.hmac);
  const channels = new Channels({ channels: db.channels, clock });
  const avatars = new Avatars({ channels: db.channels, blobs, resizeImage: options.resizeImage, clock });
  const keys = new StreamKeys({ keys: db.streamKeys, cipher: new KeyCipher(options.secrets), clock });

  const stages = new Stages({ stages: db.stages, tokens, clock, logger });
  const block = new PublishBlock({ channels: db.channels, clock });
  const refusals = new PublishRefusals(clock);
  const switching = new PublisherSwitch(clock);
  const rehearsals = new Rehearsals({ streams: db.streams, auth, clock });
  const streams = new Streams({ streams: db.streams, block, rehearsals, live, stages, clock, logger });
  const gate = new StreamGate({
    keys,
    channels: db.channels,
    streams: db.streams,
    rehearsals,
    block,
    refusals,
    switching,
    hasCapacity: options.hasCapacity,
    graceMs,
    clock,
    logger,
  });

  const counters = new StreamCounters({ counters: db.backfills, clock, logger });
  const { canStore } = options;
  const backfill = new Backfill({
    ...{ streams: db.streams, pieces: db.backfills, counters, blobs, canStore, clock, logger },
  });

  const counter = new MemoryViewerCounter(clock);
  const audience = new Audience({ live, clock, random: Math.random });
  const tally = new ViewerTally({ counter, streams: db.streams, logger });
  tally.start();
  const lifecycle = new StreamChronicle({
    streams: db.streams,
    segments: db.segments,
    viewers: counter,
    audience,
    refusals,
    switching,
    stages,
    graceMs,
    clock,
    logger,
  });

  const sweeper = new SessionSweeper({ links: db.links, clock, logger });
  sweeper.start();
  const passwords = new Passwords({
    auth,
    users: db.users,
    resets: db.links,
    mailer: options.mailer,
    tokens,
    attemptsPerMinute,
    clock,
    logger,
  });
  const registration = new Registration({
    mode: options.registration,
    auth,
    users: db.users,
    claims: db.facts,
    invitations: db.links,
    channels,
    tokens,
    clock,
    logger,
  });

  return {
    auth,
    registration,
    signIn: new SignIn({ auth, attemptsPerMinute, clock, logger }),
    passwords,
    deletion: new AccountDeletion({
      auth,
      passwords,
      users: db.users,
      channels,
      streams: db.streams,
      endNow: (stream) => streams.endNow(stream),
      avatars,
      blobs,
      logger,
    }),
    users: db.users,
    channels,
    avatars,
    keys,
    rotation: new KeyRotation({ keys, streams: db.streams, live, logger }),
    streams,
    rehearsals,
    lists: new StreamLists({ list: db.streamList, tally }),
    categories: new Categories({ categories: db.categories }),
    stages,
    stageInvitations: new StageInvitations({
      invitations: db.stageInvitations,
      guests: db.stages,
      stages,
      channels: db.channels,
      tokens,
      clock,
      logger,
    }),
    follows: new Follows({ follows: db.follows, streams: db.streamList, clock }),
    viewers: new Viewers({ counter, streams: db.streams, rehearsals, live, clock }),
    audience,
    counters,
    backfill,
    block,
    refusals,
    switching,
    live,
    /** For the hub. */
    gate,
    lifecycle,
    async [Symbol.asyncDispose](): Promise<void> {
      await sweeper[Symbol.asyncDispose]();
      await passwords.close();
      await lifecycle[Symbol.asyncDispose]();
      await counters[Symbol.asyncDispose]();
      await tally[Symbol.asyncDispose]();
    },
  };
}

export type Domain = ReturnType<typeof createDomain>;
