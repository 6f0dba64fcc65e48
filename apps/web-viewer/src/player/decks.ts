import { Deck, type DeckEvent, type DeckPlan, type Lane, laneOf } from "./deck.ts";
import type { EngineFactory } from "./engine.ts";
import type { Screen } from "./screen.ts";

/** A deck behind the one in front that shows nothing for so long has failed. */
const COMING_MS = 15_000;

export type DecksEvent = DeckEvent | { type: "swapped" };

/**
 * One deck in front, and those that are to take its place: the one in front is seen and heard until another
 * has its first frame. Only where there is no picture to keep does a deck begin in front.
 */
export class Decks {
  front: Deck | null = null;
  private readonly coming = new Map<Lane, { deck: Deck; deadline: ReturnType<typeof setTimeout> }>();

  constructor(
    private readonly screen: Screen,
    private readonly createEngine: EngineFactory,
    private readonly sound: { applyTo(video: HTMLVideoElement): void },
    private readonly tell: (event: DecksEvent, deck: Deck) => void,
  ) {}

  onItsWay(lane: Lane): Deck | null {
    return this.coming.get(lane)?.deck ?? null;
  }

  open(plan: DeckPlan): Deck {
    const video = this.screen.take();
    const deck: Deck = new Deck(video, plan, (event) => this.onDeck(deck, event));
    const lane = laneOf(deck);
    this.cancel(lane);
    if (lane === "hls" && !this.front?.hasFrame) this.putInFront(deck);
    else {
      video.muted = true;
      const late = () => this.tell({ type: "failed", failure: "network" }, deck);
      this.coming.set(lane, { deck, deadline: setTimeout(late, COMING_MS) });
    }
    deck.begin(this.createEngine);
    return deck;
  }

  /** One on its way is not wanted any more. */
  cancel(lane: Lane): void {
    const found = this.coming.get(lane);
    if (!found) return;
    this.coming.delete(lane);
    clearTimeout(found.deadline);
    this.dispose(found.deck);
  }

  /** It has failed. Its picture stays where it has one. */
  giveUpFront(): void {
    const { front } = this;
    if (!front) return;
    front.over = true;
    front.engine?.fade();
    if (front.hasFrame) return;
    this.dispose(front);
    this.front = null;
  }

  closeAll(): void {
    for (const lane of [...this.coming.keys()]) this.cancel(lane);
    if (this.front) this.dispose(this.front);
    this.front = null;
  }

  private onDeck(deck: Deck, event: DeckEvent): void {
    if (event.type === "shown" && deck !== this.front) {
      this.putInFront(deck);
      this.tell({ type: "swapped" }, deck);
    }
    this.tell(event, deck);
  }

  private putInFront(deck: Deck): void {
    const before = this.front;
    const lane = laneOf(deck);
    const found = this.coming.get(lane);
    if (found?.deck === deck) {
      clearTimeout(found.deadline);
      this.coming.delete(lane);
      // Seen later than something better: nobody waits for it any more.
      if (lane === "webrtc") this.cancel("hls");
    }
    this.front = deck;
    if (before) before.video.muted = true;
    this.sound.applyTo(deck.video);
    this.screen.show(deck.video);
    if (before) this.dispose(before);
  }

  private dispose(deck: Deck): void {
    deck.close();
    this.screen.giveBack(deck.video);
  }
}
