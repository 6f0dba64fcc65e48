import type { ParticipantId, RealtimeMe, StageId } from "@footlight/shared";
import type { Account } from "../domain/accounts/account.ts";

/** Who is at the other end, as the server has found out: never by what a message claims. */
export type RealtimeCaller =
  | { readonly kind: "visitor" }
  | { readonly kind: "account"; readonly account: Account }
  | {
      readonly kind: "guest";
      readonly stageId: StageId;
      readonly participantId: ParticipantId;
      readonly name: string;
    };

export function meOf(caller: RealtimeCaller): RealtimeMe {
  switch (caller.kind) {
    case "visitor":
      return { kind: "visitor" };
    case "account":
      return { kind: "account", username: caller.account.username };
    case "guest":
      return {
        kind: "guest",
        stageId: caller.stageId,
        participantId: caller.participantId,
        name: caller.name,
      };
  }
}

/** Finds out who a token stands for. */
export interface RealtimeIdentity {
  session(token: string): Promise<Account | undefined>;
  guest(token: string): Promise<Extract<RealtimeCaller, { kind: "guest" }> | undefined>;
}
