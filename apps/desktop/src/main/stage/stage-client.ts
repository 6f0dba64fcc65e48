import { Done, InviteByLinkAnswer, type StageAction, StageDesk, StageInvitation } from "@footlight/shared";
import type { z } from "zod";
import type { Answer, ServerClient } from "../account/server-client.ts";

/** What the host asks of the server about the stage of their own channel (packages/shared, contracts/stage-desk.ts). */
export class StageClient {
  constructor(private readonly server: Pick<ServerClient, "procedure">) {}

  /** Null: none is open. */
  desk(): Promise<Answer<StageDesk | null>> {
    return this.server.procedure("GET", "stage.desk", StageDesk.nullable());
  }

  open(): Promise<Answer<StageDesk>> {
    return this.#do("open", StageDesk, {});
  }

  close(): Promise<Answer<unknown>> {
    return this.#do("close", Done, {});
  }

  inviteByLink(name: string | null): Promise<Answer<z.infer<typeof InviteByLinkAnswer>>> {
    return this.#do("inviteByLink", InviteByLinkAnswer, name === null ? {} : { name });
  }

  inviteByName(username: string): Promise<Answer<unknown>> {
    return this.#do("inviteByName", StageInvitation, { username });
  }

  revoke(invitationId: string): Promise<Answer<unknown>> {
    return this.#do("revokeInvitation", Done, { invitationId });
  }

  act(participantId: string, action: StageAction): Promise<Answer<unknown>> {
    return this.#do("act", Done, { participantId, action });
  }

  #do<S extends z.ZodType>(name: string, shape: S, input: object): Promise<Answer<z.infer<S>>> {
    return this.server.procedure("POST", `stage.${name}`, shape, input);
  }
}
