import { once } from "node:events";
import { decode, encode } from "@msgpack/msgpack";
import { WebSocket } from "ws";
import { answerTo } from "../main/remote/authentication.ts";
import { op } from "../main/remote/messages.ts";

type Data = Record<string, unknown>;
export interface Answered {
  readonly code: number;
  readonly data: Data;
}

const JSON_CODING = "obswebsocket.json";

/** A client of the remote control, as bots and plug-ins are. */
export class RemoteClient {
  readonly events: { readonly type: string; readonly data: Data }[] = [];
  readonly #waiting = new Map<string, (d: Data | Error) => void>();
  #next = 1;
  closeCode: number | undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on("close", (code) => {
      this.closeCode = code;
      for (const answer of this.#waiting.values()) answer(new Error(`closed with ${code}`));
    });
    socket.on("message", (bytes) => {
      const { op: code, d } = this.#read(bytes as Buffer) as { op: number; d: Data };
      if (code === op.event) this.events.push({ type: String(d["eventType"]), data: d["eventData"] as Data });
      else if (code === op.response || code === op.batchResponse)
        this.#waiting.get(String(d["requestId"]))?.(d);
    });
  }

  /** It may have been closed instead of being identified. */
  static async connect(
    port: number,
    password: string,
    identify: Data = {},
    subprotocol = JSON_CODING,
  ): Promise<RemoteClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, subprotocol);
    const client = new RemoteClient(socket);
    const [hello] = (await once(socket, "message")) as [Buffer];
    const { authentication } = (client.#read(hello) as { d: { authentication: Record<string, string> } }).d;
    const { salt = "", challenge = "" } = authentication;
    const answer = { rpcVersion: 1, authentication: answerTo(password, salt, challenge), ...identify };
    const said = Promise.race([once(socket, "message"), once(socket, "close")]);
    client.send(op.identify, answer);
    await said;
    return client;
  }

  send(code: number, d: Data): void {
    const message = { op: code, d };
    const isJson = this.socket.protocol === JSON_CODING;
    this.socket.send(isJson ? JSON.stringify(message) : encode(message, { ignoreUndefined: true }));
  }

  sendRaw(text: string | Buffer): void {
    this.socket.send(text);
  }

  async closed(): Promise<number> {
    if (this.closeCode === undefined) await once(this.socket, "close");
    return this.closeCode ?? 0;
  }

  async request(requestType: string, requestData?: Data): Promise<Answered> {
    const d = await this.#ask(op.request, { requestType, ...(requestData && { requestData }) });
    const { code } = d["requestStatus"] as { code: number };
    return { code, data: (d["responseData"] ?? {}) as Data };
  }

  async batch(requests: readonly Data[], more: Data = {}): Promise<readonly Data[]> {
    return (await this.#ask(op.batch, { requests, ...more }))["results"] as Data[];
  }

  close(): void {
    this.socket.close();
  }

  #read(bytes: Buffer): unknown {
    return this.socket.protocol === JSON_CODING ? JSON.parse(String(bytes)) : decode(bytes);
  }

  async #ask(code: number, d: Data): Promise<Data> {
    const requestId = String(this.#next++);
    const answer = new Promise<Data | Error>((resolve) => this.#waiting.set(requestId, resolve));
    this.send(code, { ...d, requestId });
    const answered = await answer;
    if (answered instanceof Error) throw answered;
    return answered;
  }
}
