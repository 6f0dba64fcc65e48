import { rest } from "@footlight/shared";
import type { z } from "zod";

type Body = Readonly<Record<string, unknown>>;

/** REST v1 as an outsider calls it; every answer is parsed by its contract. */
export class RestClient {
  constructor(
    readonly url: string,
    readonly token?: string,
  ) {}

  /** Signs a new user up and speaks for it. */
  static async signUp(url: string, username: string): Promise<RestClient> {
    const body = { username, email: `${username}@example.org`, password: `correct horse ${username}` };
    const session = await new RestClient(url).call("POST", "/api/v1/users", rest.SessionAnswer, body);
    return new RestClient(url, session.token);
  }

  startStream(body: Body = { title: "A test" }): Promise<z.infer<typeof rest.StartStreamAnswer>> {
    return this.call("POST", "/api/v1/streams/start", rest.StartStreamAnswer, body);
  }

  stream(id: string): Promise<z.infer<typeof rest.StreamAnswer>> {
    return this.call("GET", `/api/v1/streams/${id}`, rest.StreamAnswer);
  }

  playback(id: string): Promise<z.infer<typeof rest.PlaybackAnswer>> {
    return this.call("GET", `/api/v1/streams/${id}/playback`, rest.PlaybackAnswer);
  }

  endStream(id: string): Promise<z.infer<typeof rest.EndStreamAnswer>> {
    return this.call("POST", `/api/v1/streams/${id}/end`, rest.EndStreamAnswer);
  }

  async call<T extends z.ZodType>(method: string, path: string, shape: T, body?: Body): Promise<z.infer<T>> {
    const answer = await this.raw(method, path, body);
    const json: unknown = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`);
    return shape.parse(json);
  }

  raw(method: string, path: string, body?: Body): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
