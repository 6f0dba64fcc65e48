/** An FLV tag body is truncated or contradicts itself. */
export class FlvError extends Error {
  override readonly name = "FlvError";
}
