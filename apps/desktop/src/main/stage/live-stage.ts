import { RealtimeClient, type RealtimeLink, type SocketEvents } from "@footlight/realtime/realtime-client.ts";
import { RealtimeFault } from "@footlight/realtime/realtime-fault.ts";
import { onStage, peopleOf } from "@footlight/realtime/stage/people.ts";
import type { StageDesk, StageId, StageState } from "@footlight/shared";
import type { z } from "zod";
import type { StageCallOrder, stageAnswerSchema, stageRequestSchema } from "../../contract/stage.ts";
import { connectRealtime } from "./realtime-socket.ts";
import { moved, type Seats, seated } from "./seats.ts";

interface Events {
  /** Something of it is other than it was. */
  readonly onChange: () => void;
  /** People have come or gone, so invitations were used. */
  readonly onPeople: () => void;
  /** For good, with the server's code. */
  readonly onEnd: (code: string) => void;
}

/** An open stage, as the server tells it over a socket that main holds for the account. */
export class LiveStage implements Disposable {
  readonly stageId: StageId;
  invitations: StageDesk["invitations"];
  trouble: string | null = null;
  #state: StageState | undefined;
  #seats: Seats = {};
  readonly #realtime: RealtimeClient;

  constructor(
    desk: StageDesk,
    session: { readonly url: string; readonly token: string },
    private readonly events: Events,
  ) {
    this.stageId = desk.stageId;
    this.invitations = desk.invitations;
    this.#realtime = new RealtimeClient({
      connect: (socket: SocketEvents) => connectRealtime(session.url, socket),
      auth: { kind: "session", token: session.token },
      random: Math.random,
    });
  }

  /** Connects; events come from now on. */
  start(): void {
    this.#realtime.link.subscribe(() => this.#linkChanged(this.#realtime.link.get()));
    this.#realtime.subscribe("stage", this.stageId, (news) => {
      if (news.kind === "refused") this.events.onEnd(news.code);
      else this.#take(news.state);
    });
  }

  get state(): StageState | undefined {
    return this.#state;
  }

  get seats(): Seats {
    return this.#seats;
  }

  get link(): "connecting" | "open" | "lost" {
    const { kind } = this.#realtime.link.get();
    if (kind === "open") return "open";
    return kind === "lost" || this.#state !== undefined ? "lost" : "connecting";
  }

  /** Undefined before the server's first word. */
  order(): StageCallOrder | undefined {
    if (this.#state === undefined) return undefined;
    const { stageId } = this;
    return { stageId, isConnected: this.link === "open", state: this.#state, seats: { ...this.#seats } };
  }

  seat(participantId: string, seat: number): void {
    this.#seats = moved(this.#seats, participantId, seat);
    this.events.onChange();
  }

  /** Asks the server what the engine wants to know of it. */
  async ask({
    id,
    method,
    params,
  }: z.infer<typeof stageRequestSchema>): Promise<z.infer<typeof stageAnswerSchema>> {
    try {
      return { id, result: await this.#realtime.request(method, params as never) };
    } catch (error) {
      return { id, fault: error instanceof RealtimeFault ? error.code : "internal_error" };
    }
  }

  /** The machine has slept, or the network is back. */
  retryNow(): void {
    this.#realtime.retryNow();
  }

  [Symbol.dispose](): void {
    this.#realtime.close();
  }

  #take(state: StageState): void {
    const before = Object.keys(this.#state?.participants ?? {});
    this.#state = state;
    const people = onStage(peopleOf(state)).filter(({ role }) => role !== "host");
    this.#seats = seated(
      this.#seats,
      people.map(({ id }) => id),
    );
    this.events.onChange();
    const now = Object.keys(state.participants);
    if (before.length > 0 && (now.length !== before.length || now.some((id) => !before.includes(id))))
      this.events.onPeople();
  }

  #linkChanged(link: RealtimeLink): void {
    if (link.kind === "closed" && link.reason === "unauthenticated") this.events.onEnd("unauthenticated");
    else this.events.onChange();
  }
}
