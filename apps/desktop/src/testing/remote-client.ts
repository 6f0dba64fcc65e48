import { once } from "node:events";
import { WebSocket } from "ws";
import { answerTo } from "../main/remote/authentication.ts";
import { op } from "../main/remote/messages.ts";

type Data = Record<string, unknown>;
export interface Answered {
  readonly code: number;
  readonly data: Data;
}

/** A client of the remote control, as bots and plug-ins are. */
export class RemoteClient {
  readonly events: { readonly type: string; readonly data: Data }[] = [];
  readonly #waiting = new Map<string, (d: Data) => void>();
  #next = 1;
  closeCode: number | undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on("close", (code) => {
      this.closeCode = code;
    });
    socket.on("message", (text) => {
      const { op: code, d } = JSON.parse(String(text)) as { op: number; d: Data };
      if (code === op.event) this.events.push({ type: String(d["eventType"]), data: d["eventData"] as Data });
      else if (code === op.response || code === op.batchResponse)
        this.#waiting.get(String(d["requestId"]))?.(d);
    });
  }

  /** Null: the connection was closed instead of being identified. */
  static async connect(port: number, password: string, identify: Data = {}): Promise<RemoteClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, "obswebsocket.json");
    const client = new RemoteClient(socket);
    const [hello] = (await once(socket, "message")) as [Buffer];
    const { authentication } = (
      JSON.parse(String(hello)) as { d: { authentication: Record<string, string> } }
    ).d;
    const { salt = "", challenge = "" } = authentication;
    const answer = { rpcVersion: 1, authentication: answerTo(password, salt, challenge), ...identify };
    const said = Promise.race([once(socket, "message"), once(socket, "close")]);
    client.send(op.identify, answer);
    await said;
    return client;
  }

  send(code: number, d: Data): void {
    this.socket.send(JSON.stringify({ op: code, d }));
  }

  sendRaw(text: string | Buffer): void {
    this.socket.send(text);
  }

  async closed(): Promise<number> {
    if (this.closeCode === undefined) await once(this.socket, "close");
    return this.closeCode ?? 0;
  }

  async request(requestType: string, requestData: Data = {}): Promise<Answered> {
    const d = await this.#ask(op.request, { requestType, requestData });
    const { code } = d["requestStatus"] as { code: number };
    return { code, data: (d["responseData"] ?? {}) as Data };
  }

  async batch(requests: readonly Data[], haltOnFailure = false): Promise<readonly Data[]> {
    return (await this.#ask(op.batch, { requests, haltOnFailure }))["results"] as Data[];
  }

  close(): void {
    this.socket.close();
  }

  #ask(code: number, d: Data): Promise<Data> {
    const requestId = String(this.#next++);
    const answer = new Promise<Data>((resolve) => this.#waiting.set(requestId, resolve));
    this.send(code, { ...d, requestId });
    return answer;
  }
}
