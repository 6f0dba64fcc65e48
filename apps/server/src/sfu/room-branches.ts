import { RtcRefusal } from "../stream/rtc.ts";
import type { MediaWorker } from "./media-worker.ts";
import { FULL_RETRY_S } from "./peer-limits.ts";
import type { RoomBranch } from "./room-branch.ts";

/** Of one room. Clients have some twenty sets of numbers among them. */
const MOST = 64;

interface Held {
  readonly worker: MediaWorker;
  readonly dialect: string;
  readonly branch: Promise<RoomBranch>;
  users: number;
}

/** A room's branches by worker and dialect: made for the first viewer, closed after the last. */
export class RoomBranches {
  readonly #held = new Set<Held>();

  get size(): number {
    return this.#held.size;
  }

  workers(): MediaWorker[] {
    return [...this.#held].map(({ worker }) => worker);
  }

  /** Throws `RtcRefusal` where there are too many; rejects as `create` does. `leave` is called once for each one that resolved. */
  async enter(
    worker: MediaWorker,
    dialect: string,
    create: () => Promise<RoomBranch>,
  ): Promise<{ readonly branch: RoomBranch; readonly leave: () => void }> {
    let held = [...this.#held].find((one) => one.worker === worker && one.dialect === dialect);
    if (held === undefined) {
      if (this.#held.size >= MOST) {
        throw new RtcRefusal("rtc_full", "The viewers' payload types are too many.", FULL_RETRY_S);
      }
      held = { worker, dialect, branch: create(), users: 0 };
      this.#held.add(held);
    }
    const own = held;
    own.users += 1;
    let inside = true;
    const leave = () => {
      if (!inside) return;
      inside = false;
      own.users -= 1;
      if (own.users === 0) this.#drop(own);
    };
    try {
      return { branch: await own.branch, leave };
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** The source has gone: whoever comes gets a branch of the next one. */
  closeAll(): void {
    for (const held of this.#held) this.#drop(held);
  }

  #drop(held: Held): void {
    this.#held.delete(held);
    held.branch.then(
      (branch) => branch.close(),
      () => {},
    );
  }
}
