const LIST_LIMIT = 200;

export class Categories {
  constructor(
    private readonly deps: {
      readonly categories: { list(limit: number): Promise<{ name: string; liveStreams: number }[]> };
    },
  ) {}

  /** Those with live streams first. */
  async list(): Promise<{ name: string; liveStreams: number }[]> {
    return await this.deps.categories.list(LIST_LIMIT);
  }
}
