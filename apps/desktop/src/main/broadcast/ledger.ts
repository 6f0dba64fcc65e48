import type { StudioTopic, TopicSnapshot } from "../../contract/studio-topics.ts";

type Report = NonNullable<TopicSnapshot<"report">>;
type Dropped = Report["dropped"];

/** A counter that begins anew whenever what it counts does, counted on from where it was. */
class Sum {
  total = 0;
  #last: number;

  constructor(first: number) {
    this.#last = first;
  }

  take(value: number): void {
    this.total += value >= this.#last ? value - this.#last : value;
    this.#last = value;
  }
}

/** Time-weighted, so that it does not matter how often somebody looks. */
class Mean {
  peak = 0;
  #weighted = 0;
  #since: { readonly value: number; readonly atMs: number } | undefined;
  #firstMs: number | undefined;

  take(value: number, atMs: number): void {
    this.#count(atMs);
    this.#firstMs ??= atMs;
    this.#since = { value, atMs };
    this.peak = Math.max(this.peak, value);
  }

  at(nowMs: number): number {
    this.#count(nowMs);
    const lasted = nowMs - (this.#firstMs ?? nowMs);
    return lasted > 0 ? this.#weighted / lasted : (this.#since?.value ?? 0);
  }

  #count(nowMs: number): void {
    if (this.#since === undefined) return;
    this.#weighted += this.#since.value * (nowMs - this.#since.atMs);
    this.#since = { ...this.#since, atMs: nowMs };
  }
}

interface Account {
  readonly beganAtMs: number;
  readonly render: Sum;
  readonly encode: Sum;
  readonly network: Map<string, Sum>;
  readonly states: Map<string, string>;
  readonly viewers: Mean;
  readonly recordings: Set<string>;
  markers: Report["markers"];
  readonly keyframeIntervalMs: number;
  title: string;
  watchUrl: string | null;
  frames: number;
  reconnects: number;
  seen: boolean;
}

/** Keeps account of a broadcast by what main tells its window anyway: topic `report`, on air and afterwards. */
export class Ledger {
  #account: Account | undefined;
  #report: Report | null = null;
  #engine = { droppedRender: 0, droppedEncode: 0 };
  #title = "";
  #keyframeIntervalMs = 0;
  #recording: string | null = null;

  constructor(
    private readonly publish: (report: Report | null) => void,
    private readonly now: () => number = Date.now,
  ) {
    publish(null);
  }

  /** For `Topics.listen`. */
  readonly hear = (topic: StudioTopic, snapshot: unknown): void => {
    switch (topic) {
      case "broadcast":
        this.#hearBroadcast(snapshot as TopicSnapshot<"broadcast">);
        break;
      case "targets":
        this.#hearTargets(snapshot as TopicSnapshot<"targets">);
        break;
      case "engine":
        this.#hearEngine(snapshot as TopicSnapshot<"engine">);
        break;
      case "audience":
        this.#hearAudience(snapshot as TopicSnapshot<"audience">);
        break;
      case "recording":
        this.#hearRecording(snapshot as TopicSnapshot<"recording">);
        break;
      case "markers":
        this.#hearMarkers(snapshot as TopicSnapshot<"markers">);
        break;
      case "settings":
        this.#hearSettings(snapshot as TopicSnapshot<"settings">);
        break;
      default:
    }
  };

  /** Of the broadcast that is over and not put away yet. */
  get watchUrl(): string | null {
    return this.#report?.watchUrl ?? null;
  }

  /** What is over has been read. */
  putAway(): void {
    if (this.#report?.over) this.#tell(null);
  }

  #hearSettings({ stream, video }: TopicSnapshot<"settings">): void {
    this.#title = stream.title;
    this.#keyframeIntervalMs = video.keyframeIntervalMs;
    if (this.#account) this.#account.title = this.#title;
  }

  #hearBroadcast({ state, liveSinceMs, watchUrl }: TopicSnapshot<"broadcast">): void {
    if (this.#account === undefined && liveSinceMs !== null && state === "live") this.#open(liveSinceMs);
    const account = this.#account;
    if (account === undefined) return;
    account.watchUrl = watchUrl ?? account.watchUrl;
    if (state !== "idle") return;
    this.#account = undefined;
    this.#tell(this.#write(account, true));
  }

  #hearTargets(targets: TopicSnapshot<"targets">): void {
    const backfill = backfillOf(targets);
    const account = this.#account;
    if (account === undefined) {
      // The upload of what a broken line kept back goes on after the end.
      const before = JSON.stringify(this.#report?.backfill ?? null);
      if (this.#report?.over && backfill && JSON.stringify(backfill) !== before)
        this.#tell({ ...this.#report, backfill });
      return;
    }
    for (const { id, state, figures } of targets) {
      const before = account.states.get(id);
      if (before !== undefined && before !== state.state && state.state === "reconnecting")
        account.reconnects += 1;
      account.states.set(id, state.state);
      if (figures === null) continue;
      account.frames = Math.max(account.frames, figures.frames);
      const lost = account.network.get(id) ?? new Sum(0);
      account.network.set(id, lost);
      lost.take(figures.droppedNetwork);
    }
    if (this.#report) this.#report = { ...this.#report, backfill };
  }

  /** Once a second: then the account is told. */
  #hearEngine(engine: TopicSnapshot<"engine">): void {
    this.#engine = engine;
    const account = this.#account;
    if (account === undefined) return;
    account.render.take(engine.droppedRender);
    account.encode.take(engine.droppedEncode);
    this.#tell(this.#write(account, false));
  }

  #hearAudience(audience: TopicSnapshot<"audience">): void {
    if (this.#account === undefined || audience === null) return;
    this.#account.seen = true;
    this.#account.viewers.take(audience.viewers, this.now());
  }

  #hearRecording({ path, state }: TopicSnapshot<"recording">): void {
    this.#recording = state === "idle" ? null : path;
    if (this.#recording !== null) this.#account?.recordings.add(this.#recording);
  }

  /** The newest may be named, or find its place in a recording, when all is over. */
  #hearMarkers(markers: TopicSnapshot<"markers">): void {
    const onAir = markers.filter(({ onAirMs }) => onAirMs !== null);
    if (this.#account) this.#account.markers = onAir;
    else if (
      this.#report?.over &&
      onAir.some(({ id }) => this.#report?.markers.some((each) => each.id === id))
    )
      this.#tell({ ...this.#report, markers: onAir });
  }

  #open(liveSinceMs: number): void {
    this.#report = null;
    this.#account = {
      beganAtMs: liveSinceMs,
      render: new Sum(this.#engine.droppedRender),
      encode: new Sum(this.#engine.droppedEncode),
      network: new Map(),
      states: new Map(),
      viewers: new Mean(),
      recordings: new Set(this.#recording === null ? [] : [this.#recording]),
      markers: [],
      keyframeIntervalMs: this.#keyframeIntervalMs,
      title: this.#title,
      watchUrl: null,
      frames: 0,
      reconnects: 0,
      seen: false,
    };
  }

  #write(account: Account, over: boolean): Report {
    const nowMs = this.now();
    return {
      over,
      title: account.title,
      beganAtMs: account.beganAtMs,
      durationMs: Math.max(0, nowMs - account.beganAtMs),
      watchUrl: account.watchUrl,
      viewers: account.seen ? { peak: account.viewers.peak, mean: account.viewers.at(nowMs) } : null,
      frames: account.frames,
      dropped: droppedOf(account),
      reconnects: account.reconnects,
      backfill: this.#report?.backfill ?? null,
      recordings: [...account.recordings],
      markers: account.markers,
      keyframeIntervalMs: account.keyframeIntervalMs,
    };
  }

  #tell(report: Report | null): void {
    this.#report = report;
    this.publish(report);
  }
}

const droppedOf = ({ render, encode, network }: Account): Dropped => ({
  render: render.total,
  encode: encode.total,
  network: [...network.values()].reduce((sum, each) => sum + each.total, 0),
});

/** Of all targets together; null: no line ever broke. */
function backfillOf(targets: TopicSnapshot<"targets">): Report["backfill"] {
  const kept = targets.flatMap(({ backfill }) => (backfill === null ? [] : [backfill]));
  if (kept.length === 0) return null;
  const sum = (of: (each: (typeof kept)[number]) => number) =>
    kept.reduce((total, each) => total + of(each), 0);
  return {
    frames: sum((each) => each.frames),
    sent: sum((each) => each.sent),
    done: kept.every(({ state }) => state === "done"),
    failed: kept.some(({ state }) => state === "failed"),
  };
}
