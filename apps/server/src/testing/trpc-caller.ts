/** Our apps' procedures as a browser calls them: cookies kept, one call a request, answers untyped. */
export class TrpcCaller {
  #cookie: string | undefined;

  constructor(
    readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = { "sec-fetch-site": "same-origin" },
  ) {}

  get cookie(): string | undefined {
    return this.#cookie;
  }

  /** The same browser, asking from elsewhere or by other means. */
  as(headers: Readonly<Record<string, string>>): TrpcCaller {
    const other = new TrpcCaller(this.url, headers);
    other.#cookie = this.#cookie;
    return other;
  }

  async query(path: string, input?: unknown): Promise<TrpcAnswer> {
    const search = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    return await this.#send(await fetch(`${this.url}/trpc/${path}${search}`, { headers: this.#headers() }));
  }

  async mutate(path: string, input?: unknown): Promise<TrpcAnswer> {
    return await this.#send(
      await fetch(`${this.url}/trpc/${path}`, {
        method: "POST",
        headers: { ...this.#headers(), "content-type": "application/json" },
        ...(input === undefined ? {} : { body: JSON.stringify(input) }),
      }),
    );
  }

  async signUp(username: string, more: Readonly<Record<string, unknown>> = {}): Promise<TrpcAnswer> {
    return await this.mutate("account.signUp", {
      username,
      email: `${username}@example.org`,
      password: `correct horse ${username}`,
      ...more,
    });
  }

  #headers(): Record<string, string> {
    return { ...this.headers, ...(this.#cookie === undefined ? {} : { cookie: this.#cookie }) };
  }

  async #send(response: Response): Promise<TrpcAnswer> {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      this.#cookie = /max-age=0|expires=thu, 01 jan 1970/i.test(line) ? undefined : pair;
    }
    const text = await response.text();
    const body = JSON.parse(text) as {
      result?: { data: unknown };
      error?: { message: string; data: { appCode?: string; errors?: unknown } };
      code?: string;
    };
    return {
      status: response.status,
      headers: response.headers,
      text,
      data: body.result?.data,
      // A refusal before any procedure (CSRF, rate limit) is a problem document.
      code: body.error?.data.appCode ?? body.code,
    };
  }
}

export interface TrpcAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data: unknown;
  /** The stable code of a refusal. */
  readonly code: string | undefined;
}
