import { type IpcMainInvokeEvent, ipcMain, type WebContents } from "electron";
import { channels } from "../../contract/channels.ts";
import {
  type CallOrder,
  type CallOutput,
  type StudioCall,
  studioCalls,
} from "../../contract/studio-calls.ts";
import type { StudioTopic } from "../../contract/studio-topics.ts";
import type { Topics } from "./topics.ts";

export type CallHandlers = {
  readonly [C in StudioCall]: (input: CallOrder<C>) => Promise<CallOutput<C>> | CallOutput<C>;
};

/**
 * Answers the control window. Only the top frame of that window is heard, only calls of the contract are known, and
 * what comes in and goes out is what the contract says.
 */
export class StudioServer implements Disposable {
  readonly #unlisten = new Map<number, () => void>();

  constructor(
    private readonly topics: Topics,
    private readonly handlers: CallHandlers,
    private readonly isControl: (sender: WebContents) => boolean,
    private readonly onFault: (call: string, error: unknown) => void,
  ) {
    ipcMain.handle(channels.call, (event, name, input) => this.#answer(event, name, input));
    ipcMain.on(channels.listen, (event) => {
      if (this.#isHeard(event)) this.#tell(event.sender);
    });
  }

  async #answer(event: IpcMainInvokeEvent, name: unknown, input: unknown): Promise<unknown> {
    if (!this.#isHeard(event)) throw new Error("not heard");
    if (typeof name !== "string" || !Object.hasOwn(studioCalls, name)) throw new Error("no such call");
    return await this.#call(name as StudioCall, input);
  }

  async #call<C extends StudioCall>(name: C, input: unknown): Promise<unknown> {
    const call = studioCalls[name];
    const asked = call.input.safeParse(input);
    if (!asked.success) throw new Error(`${name}: not as the contract has it`);
    try {
      return call.output.parse(await this.handlers[name](asked.data as CallOrder<C>));
    } catch (error) {
      this.onFault(name, error);
      // The cause may hold what the window must not see.
      throw new Error(`${name} failed`);
    }
  }

  #isHeard(event: { readonly sender: WebContents; readonly senderFrame: unknown }): boolean {
    return this.isControl(event.sender) && event.senderFrame === event.sender.mainFrame;
  }

  /** A page that was loaded anew listens anew. */
  #tell(page: WebContents): void {
    this.#unlisten.get(page.id)?.();
    const due = new Set<StudioTopic>();
    const send = () => {
      const topics = [...due];
      due.clear();
      if (page.isDestroyed() || page.isCrashed()) return;
      for (const topic of topics) page.send(channels.topic, topic, this.topics.latest(topic));
    };
    const unlisten = this.topics.listen((topic) => {
      // Electron's native calls run what is awaited, which may publish a newer snapshot while an older one is on its
      // way. In a microtask they do not, so the newest is always the last; and it still comes before a call's answer.
      if (due.size === 0) queueMicrotask(send);
      due.add(topic);
    });
    this.#unlisten.set(page.id, unlisten);
    page.once("destroyed", () => {
      this.#unlisten.get(page.id)?.();
      this.#unlisten.delete(page.id);
    });
  }

  [Symbol.dispose](): void {
    ipcMain.removeHandler(channels.call);
    ipcMain.removeAllListeners(channels.listen);
    for (const unlisten of this.#unlisten.values()) unlisten();
  }
}
