type Release = () => void | Promise<void>;

/**
 * What the studio acquired, released in reverse. Never throws: a fault in one release is told, and the rest is still
 * released. (Electron 33 is on a Node without `AsyncDisposableStack`.)
 */
export class DisposalStack implements AsyncDisposable {
  readonly #releases: { readonly name: string; readonly release: Release }[] = [];
  #disposal: Promise<void> | undefined;

  constructor(private readonly onFault: (name: string, error: unknown) => void) {}

  use<T extends AsyncDisposable | Disposable>(name: string, resource: T): T {
    this.defer(name, async () => {
      if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]();
      else resource[Symbol.dispose]();
    });
    return resource;
  }

  defer(name: string, release: Release): void {
    this.#releases.push({ name, release });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#unwind();
    return this.#disposal;
  }

  async #unwind(): Promise<void> {
    for (let top = this.#releases.pop(); top !== undefined; top = this.#releases.pop()) {
      try {
        await top.release();
      } catch (error) {
        this.onFault(top.name, error);
      }
    }
  }
}
