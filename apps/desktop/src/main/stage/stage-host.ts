import type { StageAction, StageDesk } from "@footlight/shared";
import { Username } from "@footlight/shared";
import type { z } from "zod";
import type { FromEngineControl, ToEngineControl } from "../../contract/engine-control.ts";
import type { StageSnapshot, stageRequestSchema } from "../../contract/stage.ts";
import type { Account } from "../account/account.ts";
import type { Answer } from "../account/server-client.ts";
import type { Topics } from "../ipc/topics.ts";
import { LiveStage } from "./live-stage.ts";
import { StageClient } from "./stage-client.ts";
import { stageSnapshot } from "./stage-snapshot.ts";

interface World {
  readonly account: Pick<Account, "client" | "server" | "username">;
  readonly topics: Pick<Topics, "publish">;
  readonly toEngine: (message: ToEngineControl) => void;
}

type State =
  | Exclude<StageSnapshot, { state: "open" }>
  | { readonly state: "open"; readonly live: LiveStage; readonly client: StageClient };

type Done = { readonly fault: string | null };

/** The stage of the account's channel: opened, watched and closed; what the host does to people on it. */
export class StageHost implements Disposable {
  #state: State = { state: "signed_out" };
  #who = "";

  constructor(private readonly world: World) {
    this.#publish();
  }

  /** After the account may have changed: takes up a stage that is open already. */
  async follow(): Promise<void> {
    const { account } = this.world;
    const who = account.username === null ? "" : `${account.username} ${account.server}`;
    if (who === this.#who) return;
    this.#who = who;
    this.#become({ state: "signed_out" });
    const client = this.#client();
    if (client === undefined) return;
    this.#become({ state: "opening" });
    await this.#opened(who, client, client.desk());
  }

  async open(): Promise<Done> {
    if (this.#state.state !== "closed") return { fault: null };
    const client = this.#client();
    if (client === undefined) return { fault: "unauthenticated" };
    this.#become({ state: "opening" });
    return await this.#opened(this.#who, client, client.open());
  }

  async close(): Promise<Done> {
    if (this.#state.state !== "open") return { fault: null };
    const answer = await this.#state.client.close();
    if (answer.ok) this.#become({ state: "closed", fault: null });
    return { fault: faultOf(answer) };
  }

  takeOver(): void {
    this.world.toEngine({ kind: "stage-take-over" });
  }

  async inviteByLink(name: string | null): Promise<Done & { readonly url: string | null }> {
    const { state } = this.#state;
    if (this.#state.state !== "open") return { fault: state, url: null };
    const answer = await this.#state.client.inviteByLink(name);
    void this.#refresh();
    return { fault: faultOf(answer), url: answer.ok ? answer.value.url : null };
  }

  async inviteByName(typed: string): Promise<Done> {
    const username = Username.safeParse(typed.trim().replace(/^@/, "").toLowerCase());
    if (!username.success) return { fault: "not_a_username" };
    return await this.#tell((client) => client.inviteByName(username.data));
  }

  revoke(invitationId: string): Promise<Done> {
    return this.#tell((client) => client.revoke(invitationId));
  }

  act(participantId: string, action: StageAction): Promise<Done> {
    return this.#tell((client) => client.act(participantId, action));
  }

  seat(participantId: string, seat: number): void {
    if (this.#state.state === "open") this.#state.live.seat(participantId, seat);
  }

  /** What an engine that has just come begins with. */
  first(): ToEngineControl {
    const stage = this.#state.state === "open" ? this.#state.live.order() : undefined;
    return { kind: "stage", stage: stage ?? null };
  }

  take(message: FromEngineControl): void {
    if (message.kind === "stage-request") void this.#serve(message);
    if (this.#state.state !== "open") return;
    // An engine that has just come has no trouble yet.
    if (message.kind === "ready") this.#state.live.trouble = null;
    else if (message.kind === "stage-trouble") this.#state.live.trouble = message.code;
    else return;
    this.#publish();
  }

  retryNow(): void {
    if (this.#state.state === "open") this.#state.live.retryNow();
  }

  [Symbol.dispose](): void {
    if (this.#state.state === "open") this.#state.live[Symbol.dispose]();
    this.#state = { state: "signed_out" };
  }

  async #serve(request: z.infer<typeof stageRequestSchema>): Promise<void> {
    const { world } = this;
    const answer =
      this.#state.state === "open"
        ? await this.#state.live.ask(request)
        : { id: request.id, fault: "stage_not_found" };
    world.toEngine({ kind: "stage-answer", ...answer });
  }

  async #tell(work: (client: StageClient) => Promise<Answer<unknown>>): Promise<Done> {
    if (this.#state.state !== "open") return { fault: "stage_not_found" };
    const answer = await work(this.#state.client);
    void this.#refresh();
    return { fault: faultOf(answer) };
  }

  async #refresh(): Promise<void> {
    if (this.#state.state !== "open") return;
    const { live, client } = this.#state;
    const answer = await client.desk();
    if (!answer.ok || answer.value?.stageId !== live.stageId) return;
    live.invitations = answer.value.invitations;
    this.#publish();
  }

  async #opened(who: string, client: StageClient, asked: Promise<Answer<StageDesk | null>>): Promise<Done> {
    const answer = await asked;
    const session = this.world.account.client()?.session;
    // Somebody else may have signed in meanwhile.
    if (who !== this.#who || this.#state.state !== "opening") return { fault: null };
    if (!answer.ok || answer.value === null || session === undefined) {
      const fault = faultOf(answer);
      this.#become({ state: "closed", fault });
      return { fault };
    }
    const live = new LiveStage(answer.value, session, {
      onChange: () => this.#isLive(live) && this.#changed(),
      onPeople: () => void this.#refresh(),
      onEnd: (code) => {
        // The broadcast has ended, or the stage was closed elsewhere: nothing went wrong.
        const fault = code === "stage_not_found" ? null : code;
        if (this.#isLive(live)) this.#become({ state: "closed", fault });
      },
    });
    this.#become({ state: "open", live, client });
    live.start();
    return { fault: null };
  }

  #isLive(live: LiveStage): boolean {
    return this.#state.state === "open" && this.#state.live === live;
  }

  #client(): StageClient | undefined {
    const server = this.world.account.client();
    return server && new StageClient(server);
  }

  #become(state: State): void {
    const before = this.#state;
    this.#state = state;
    if (before.state === "open") before.live[Symbol.dispose]();
    this.#changed();
  }

  #changed(): void {
    this.world.toEngine(this.first());
    this.#publish();
  }

  #publish(): void {
    const state = this.#state;
    this.world.topics.publish("stage", state.state === "open" ? stageSnapshot(state.live) : state);
  }
}

function faultOf(answer: Answer<unknown>): string | null {
  if (answer.ok) return null;
  return answer.fault === "refused" ? answer.detail : answer.fault;
}
