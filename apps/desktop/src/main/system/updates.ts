const EVERY_MS = 6 * 3_600_000;

/** What is used of electron-updater. What it fetches has the hash that the feed tells, or is thrown away. */
export interface Updater {
  /** Where a person gets it, for a studio that cannot put it in place itself (a package of the system, a folder). */
  readonly byHand?: string | undefined;
  check(): Promise<{ readonly isNewer: boolean }>;
  /** Settles when all of it is here and whole. */
  download(): Promise<void>;
  /** Closes the studio, puts the new one in its place and starts it. */
  install(): void;
}

interface Events {
  /** On air or recording: nothing is fetched then, for the line is the broadcast's. */
  readonly isBusy: () => boolean;
  readonly onReady: (version: string) => void;
  /** It is there to be had, and is not fetched. */
  readonly onThere: (version: string, address: string) => void;
  readonly onFault: (error: unknown, what: string) => void;
}

type State = "idle" | "checking" | "wanted" | "downloading" | "ready";

/** Fetches what is newer from the operator's feed while nothing is on air, and puts it in place when asked or closed. */
export class Updates implements Disposable {
  readonly #updater: Updater | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #state: State = "idle";
  #version = "";
  #told = "";

  constructor(
    makeUpdater: (onVersion: (version: string) => void) => Updater | undefined,
    private readonly events: Events,
  ) {
    this.#updater = makeUpdater((version) => {
      this.#version = version;
    });
    if (this.#updater === undefined) return;
    this.#timer = setInterval(() => void this.#check(), EVERY_MS);
    void this.#check();
  }

  /** What a restart would bring; null: nothing. */
  get ready(): string | null {
    return this.#state === "ready" ? this.#version : null;
  }

  /** The broadcast or the recording may have ended: what was put off for it is done. */
  follow(): void {
    if (this.#state === "wanted" && !this.events.isBusy()) void this.#download();
  }

  /** Nothing happens on air. */
  install(): void {
    if (this.#state === "ready" && !this.events.isBusy()) this.#updater?.install();
  }

  async #check(): Promise<void> {
    if (this.#state !== "idle") return;
    this.#state = "checking";
    try {
      const found = await this.#updater?.check();
      const byHand = this.#updater?.byHand;
      this.#state = found?.isNewer && byHand === undefined ? "wanted" : "idle";
      if (found?.isNewer && byHand !== undefined) this.#tellOnce(byHand);
      this.follow();
    } catch (error) {
      this.#state = "idle";
      this.events.onFault(error, "the feed of updates does not answer");
    }
  }

  #tellOnce(address: string): void {
    if (this.#told === this.#version) return;
    this.#told = this.#version;
    this.events.onThere(this.#version, address);
  }

  async #download(): Promise<void> {
    this.#state = "downloading";
    try {
      await this.#updater?.download();
      this.#state = "ready";
      this.events.onReady(this.#version);
    } catch (error) {
      this.#state = "idle";
      this.events.onFault(error, "the update could not be fetched, or was not what the feed says");
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
