import type { TopicSnapshot } from "../../contract/studio-topics.ts";
import { RequestFault, status } from "./messages.ts";
import { nothing } from "./names.ts";
import { type RequestKind, request } from "./requests.ts";

export interface ReplayDesk {
  readonly state: () => TopicSnapshot<"replay">;
  /** Why not; null when it runs. */
  readonly start: () => string | null;
  readonly stop: () => void;
  readonly save: () => Promise<string | null>;
  /** Where the last one lies. */
  readonly lastPath: () => string | null;
}

/** The last seconds, kept and saved. */
export function replayRequests(desk: ReplayDesk): Record<string, RequestKind> {
  const began = (fault: string | null): undefined => {
    if (fault !== null) throw new RequestFault(status.requestProcessingFailed, fault);
    return undefined;
  };
  const start = () => {
    if (desk.state().on) throw new RequestFault(status.outputRunning, "it runs already");
    return began(desk.start());
  };
  const running = () => {
    if (!desk.state().on) throw new RequestFault(status.outputNotRunning, "it does not run");
  };
  return {
    GetReplayBufferStatus: request(nothing, () => ({ outputActive: desk.state().on })),
    StartReplayBuffer: request(nothing, start),
    StopReplayBuffer: request(nothing, () => {
      running();
      desk.stop();
      return undefined;
    }),
    ToggleReplayBuffer: request(nothing, () => {
      if (desk.state().on) desk.stop();
      else start();
      return { outputActive: desk.state().on };
    }),
    SaveReplayBuffer: request(nothing, async () => {
      running();
      return began(await desk.save());
    }),
    GetLastReplayBufferReplay: request(nothing, () => {
      running();
      const savedReplayPath = desk.lastPath();
      if (savedReplayPath === null) throw new RequestFault(status.resourceNotFound, "none was saved yet");
      return { savedReplayPath };
    }),
  };
}
