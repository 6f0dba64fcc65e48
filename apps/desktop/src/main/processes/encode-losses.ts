/**
 * Frames that encoding has lost, as one count that only grows: each second that of the encode which lost most. Several
 * encodes of one programme lose the same frames, and an encode that begins anew counts from nought.
 */
export class EncodeLosses {
  total = 0;
  #last = new Map<string, number>();

  take(encodes: readonly { readonly id: string; readonly droppedEncode: number }[]): void {
    const lost = encodes.map(({ id, droppedEncode }) => {
      const before = this.#last.get(id) ?? 0;
      return droppedEncode >= before ? droppedEncode - before : droppedEncode;
    });
    this.total += Math.max(0, ...lost);
    this.#last = new Map(encodes.map(({ id, droppedEncode }) => [id, droppedEncode]));
  }
}
