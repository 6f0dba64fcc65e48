import type { StreamEvent } from "./subscription.ts";

/** What one consumer may have waiting: some seconds of a heavy stream. */
export interface QueueBounds {
  readonly maxUnits: number;
  readonly maxBytes: number;
}

export const DEFAULT_BOUNDS: QueueBounds = { maxUnits: 3_000, maxBytes: 48 * 1024 * 1024 };

/**
 * Hands events from the hub, which never waits, to one consumer, which may be slow. On an overrun
 * all waiting units go, and everything up to the next keyframe with them, so that what remains can
 * be decoded. Events that are no units are never dropped (there are few).
 */
export class UnitQueue implements AsyncIterableIterator<StreamEvent> {
  #events: StreamEvent[] = [];
  #head = 0;
  #units = 0;
  #bytes = 0;
  #dropped = 0;
  #skipping = false;
  #closed = false;
  #hasVideo = false;
  #waiter: ((result: IteratorResult<StreamEvent>) => void) | undefined;

  constructor(
    readonly bounds: QueueBounds,
    private readonly onOverrun: (dropped: number) => void,
  ) {}

  get droppedUnits(): number {
    return this.#dropped;
  }

  push(event: StreamEvent): void {
    if (this.#closed) return;
    if (event.type === "tracks") this.#hasVideo = event.tracks.video !== undefined;
    if (event.type === "unit" && !this.#admit(event)) return;
    if (this.#waiter !== undefined) {
      const waiter = this.#waiter;
      this.#waiter = undefined;
      this.#forgetUnit(event);
      waiter({ done: false, value: event });
      return;
    }
    this.#events.push(event);
  }

  close(): void {
    this.#closed = true;
    this.#events = [];
    this.#head = 0;
    this.#waiter?.({ done: true, value: undefined });
    this.#waiter = undefined;
  }

  /** What waits is still delivered, then the iteration ends. */
  end(): void {
    this.#closed = true;
    if (this.#waiter !== undefined) this.close();
  }

  next(): Promise<IteratorResult<StreamEvent>> {
    const event = this.#events[this.#head];
    if (event === undefined) {
      if (this.#closed) return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve) => {
        this.#waiter = resolve;
      });
    }
    this.#head += 1;
    if (this.#head > 512) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
    this.#forgetUnit(event);
    return Promise.resolve({ done: false, value: event });
  }

  return(): Promise<IteratorResult<StreamEvent>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #admit(event: Extract<StreamEvent, { type: "unit" }>): boolean {
    const { unit } = event;
    const startsPicture = unit.keyframe && (unit.kind === "video" || !this.#hasVideo);
    if (this.#skipping) {
      if (!startsPicture) {
        this.#dropped += 1;
        return false;
      }
      this.#skipping = false;
    }
    this.#units += 1;
    this.#bytes += unit.data.length;
    if (this.#units <= this.bounds.maxUnits && this.#bytes <= this.bounds.maxBytes) return true;
    this.#overrun();
    this.#skipping = !startsPicture;
    if (this.#skipping) this.#dropped += 1;
    else {
      this.#units = 1;
      this.#bytes = unit.data.length;
    }
    return startsPicture;
  }

  #overrun(): void {
    const waiting = this.#events.slice(this.#head);
    const kept = waiting.filter((event) => event.type !== "unit");
    const dropped = waiting.length - kept.length;
    this.#events = kept;
    this.#head = 0;
    this.#units = 0;
    this.#bytes = 0;
    this.#dropped += dropped;
    this.onOverrun(dropped);
  }

  #forgetUnit(event: StreamEvent): void {
    if (event.type !== "unit") return;
    this.#units -= 1;
    this.#bytes -= event.unit.data.length;
  }
}
