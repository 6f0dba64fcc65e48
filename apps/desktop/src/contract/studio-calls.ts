import { z } from "zod";
import { commandSchema, refusalSchema } from "../model/commands.ts";
import { layoutSchema } from "../model/panels/layout.ts";
import { MARKER_NAME } from "./encoder-control.ts";
import { stageCalls } from "./stage.ts";
import {
  broadcastFaultSchema,
  encodersSchema,
  type StudioTopic,
  settingsSchema,
  type TopicSnapshot,
} from "./studio-topics.ts";

/** What the control window may ask of main: name → input, output. Both are parsed in main; nothing else gets in. */
const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });
const nothing = z.void();
const done = z.object({ done: z.boolean() });
const collectionName = z.string().trim().min(1).max(110);
/** Why a collection was not opened or removed; the window has the words. */
const collectionDone = z.object({ fault: z.enum(["unknown", "broken", "future", "last"]).nullable() });

/** Why a sign-in failed; the window has the words. */
export const signInFaultSchema = z.enum([
  "bad_address",
  "unreachable",
  "wrong_password",
  "not_footlight",
  "too_often",
]);

/** Bits a second that the way to the server carried, or why that is not known. */
export const uploadResultSchema = z.discriminatedUnion("result", [
  z.object({ result: z.literal("measured"), bps: z.number(), bytes: z.number() }),
  z.object({ result: z.literal("cancelled") }),
  z.object({
    result: z.literal("failed"),
    fault: z.enum(["not_signed_in", "on_air", "unreachable", "signed_out", "too_often", "no_sink"]),
    /** After `too_often`. */
    retryAfterS: z.number().nullable(),
  }),
]);
export type UploadResult = z.infer<typeof uploadResultSchema>;

const picked = z.object({
  id: z.string(),
  name: z.string(),
  /** A data: URL of a small picture. */ thumbnail: z.string(),
});

export const studioCalls = {
  /** Commands of one `gesture` are one step of undo. */
  "document.do": call(
    z.object({ command: commandSchema, gesture: z.string().max(64).nullable() }),
    z.object({ refusal: refusalSchema.nullable() }),
  ),
  "document.undo": call(nothing, done),
  "document.redo": call(nothing, done),
  /** Asks where to; null: the person thought better of it. */
  "document.export": call(nothing, z.object({ path: z.string().nullable() })),
  /** Asks for a file of ours or of OBS and opens it as a collection of its own. */
  "document.import": call(
    nothing,
    z.discriminatedUnion("result", [
      z.object({ result: z.literal("cancelled") }),
      /** What had no counterpart, in words for people. */
      z.object({ result: z.literal("imported"), name: z.string(), unmatched: z.array(z.string()) }),
      z.object({ result: z.literal("unreadable"), cause: z.enum(["broken", "future", "unknown"]) }),
    ]),
  ),

  /** A new one is opened at once; a name that is taken gets a number. */
  "collections.create": call(z.object({ name: collectionName }), nothing),
  "collections.duplicate": call(z.object({ name: collectionName }), nothing),
  "collections.rename": call(z.object({ name: collectionName }), nothing),
  "collections.open": call(z.object({ id: z.string().max(64) }), collectionDone),
  "collections.remove": call(z.object({ id: z.string().max(64) }), collectionDone),

  "broadcast.start": call(
    z.object({ stream: settingsSchema.shape.stream, rehearsal: z.boolean().default(false) }),
    z.object({ fault: broadcastFaultSchema.nullable() }),
  ),
  /** Of a rehearsal; the answer is the server's code when it refuses. */
  "broadcast.make-public": call(nothing, z.object({ fault: z.string().nullable() })),
  "broadcast.stop": call(nothing, nothing),
  /** Title, category and tags of what is on air; the answer is the server's code when it refuses. */
  "broadcast.describe": call(
    settingsSchema.shape.stream.pick({ title: true, category: true, tags: true }),
    z.object({ fault: z.string().nullable() }),
  ),
  /** The account of what is over has been read. */
  "report.put-away": call(nothing, nothing),
  "broadcast.panic": call(z.object({ on: z.boolean() }), nothing),

  "recording.start": call(nothing, z.object({ fault: z.string().nullable() })),
  "recording.stop": call(nothing, nothing),
  "recording.pause": call(z.object({ paused: z.boolean() }), nothing),
  "recording.split": call(nothing, nothing),
  /** The newest recording once more as a plain MP4, beside it; how it goes is in the topic `recording`. */
  "recording.remux": call(nothing, z.object({ fault: z.enum(["no_recording", "encoder_down"]).nullable() })),
  /** Shows the folder of recordings in the system's file manager. */
  "recording.reveal": call(nothing, nothing),

  /** Here and now; without a name it gets a number. */
  "marker.put": call(
    z.object({ name: z.string().max(MARKER_NAME) }),
    z.object({ id: z.number().nullable(), fault: z.enum(["nothing_runs", "too_many"]).nullable() }),
  ),
  "marker.name": call(z.object({ id: z.number().int(), name: z.string().max(MARKER_NAME) }), nothing),

  "replay.start": call(nothing, z.object({ fault: z.string().nullable() })),
  "replay.stop": call(nothing, nothing),
  /** Null: it is on its way, and news tells where it lies. */
  "replay.save": call(nothing, z.object({ fault: z.string().nullable() })),

  "account.sign-in": call(
    z.object({ server: z.string().max(2000), username: z.string().max(100), password: z.string().max(1000) }),
    z.object({ fault: signInFaultSchema.nullable() }),
  ),
  "account.sign-out": call(nothing, nothing),

  /** Without `id` a new one; `key` null leaves the one that is kept. */
  "targets.save": call(
    z.object({
      id: z.string().max(64).nullable(),
      name: z.string().trim().min(1).max(120),
      kind: z.enum(["rtmp", "whip"]),
      url: z.string().max(2000),
      key: z.string().max(2000).nullable(),
    }),
    z.object({ fault: z.enum(["bad_url", "no_key"]).nullable() }),
  ),
  "targets.enable": call(z.object({ id: z.string(), enabled: z.boolean() }), nothing),
  "targets.remove": call(z.object({ id: z.string() }), nothing),
  /** On air: one that was refused or has failed begins anew. */
  "targets.try-again": call(z.object({ id: z.string() }), nothing),

  /** Engine or encoder that is no longer started again by itself. */
  "processes.try-again": call(nothing, nothing),

  "settings.change": call(settingsSchema.partial(), nothing),
  /** The whole of it, as the window would have it; panels that are detached in it get windows of their own. */
  "layout.change": call(layoutSchema, nothing),
  /** The password of the remote control; kept with the secrets. */
  "remote.password": call(z.object({ password: z.string().min(6).max(200) }), nothing),
  /** Measures anew which encoders work; the answer is the topic `encoders`. */
  "encoders.probe": call(nothing, nothing),
  /** A real upload of some seconds to the signed-in server; its course is the topic `uploadTest`. */
  "measure.upload": call(nothing, uploadResultSchema),
  /** The same measurement, and its end; null: the encoder's process does not run. */
  "measure.encoders": call(nothing, z.object({ encoders: encodersSchema.nullable() })),
  /** Ends the upload; its answer is then `cancelled`. */
  "measure.cancel": call(nothing, nothing),

  /** What can be captured now. Cameras and microphones the window lists itself, by `enumerateDevices`. */
  "capture.list": call(
    nothing,
    z.object({
      displays: z.array(picked.extend({ width: z.number(), height: z.number() })),
      windows: z.array(picked),
    }),
  ),
  /** Whether the system gives what it plays. */
  "capture.sound": call(nothing, z.object({ desktop: z.boolean() })),
  /** Asks for files; none: the person thought better of it. */
  "files.pick": call(
    z.object({ kind: z.enum(["image", "video", "lut", "page"]), many: z.boolean() }),
    z.object({ paths: z.array(z.string()) }),
  ),
  /** Shows the file that a piece of news is about in the system's file manager. */
  "news.show-file": call(z.object({ number: z.number().int() }), nothing),
  "folder.pick": call(nothing, z.object({ path: z.string().nullable() })),

  ...stageCalls,

  /** Loads a web page again. */
  "source.reload": call(z.object({ sourceId: z.string() }), nothing),
  /** How large and how often the engine sends monitor pictures (contract/monitor-port.ts); null: not at all. */
  monitor: call(
    z.object({
      width: z.number().int().min(16).max(1920).nullable(),
      fps: z.number().min(1).max(60),
      thumbnails: z.boolean().optional(),
    }),
    nothing,
  ),
  "push-to-talk": call(z.object({ sourceId: z.string(), on: z.boolean() }), nothing),
  /** Opens an address of the signed-in server in the system's browser; others are refused. */
  "open.watch-page": call(nothing, nothing),
} as const;
export type StudioCall = keyof typeof studioCalls;
/** As main has it once it is parsed, defaults filled in. */
export type CallOrder<C extends StudioCall> = z.infer<(typeof studioCalls)[C]["input"]>;
export type CallInput<C extends StudioCall> = z.input<(typeof studioCalls)[C]["input"]>;
export type CallOutput<C extends StudioCall> = z.infer<(typeof studioCalls)[C]["output"]>;

/**
 * `window.studio`, as the control window's preload shows it. A call that main throws on is rejected. `on` gives the
 * snapshot at once when there is one, then each new one, until what it returned is called. The monitor port comes
 * as a window message `{ studioPort: "monitor" }` (contract/engine-bridge.ts).
 */
export interface StudioBridge {
  call<C extends StudioCall>(name: C, input: CallInput<C>): Promise<CallOutput<C>>;
  on<T extends StudioTopic>(topic: T, callback: (snapshot: TopicSnapshot<T>) => void): () => void;
}
