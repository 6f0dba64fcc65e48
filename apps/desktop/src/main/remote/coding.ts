import { decode, encode } from "@msgpack/msgpack";

/** The two ways in which the same messages may be written, by the subprotocol that a client asks for. */
export interface Coding {
  readonly subprotocol: string;
  readonly isBinary: boolean;
  encode(message: object): string | Uint8Array;
  /** Throws on what it cannot read. */
  decode(data: Buffer): unknown;
}

const json: Coding = {
  subprotocol: "obswebsocket.json",
  isBinary: false,
  encode: (message) => JSON.stringify(message),
  decode: (data) => JSON.parse(data.toString("utf8")),
};

const msgpack: Coding = {
  subprotocol: "obswebsocket.msgpack",
  isBinary: true,
  encode: (message) => encode(message, { ignoreUndefined: true }),
  decode: (data) => decode(data, { maxExtLength: 0 }),
};

const CODINGS: readonly Coding[] = [json, msgpack];

/** The first of ours that the client offers; false: none. */
export const chosenSubprotocol = (offered: Iterable<string>): string | false =>
  [...offered].find((name) => CODINGS.some(({ subprotocol }) => subprotocol === name)) ?? false;

/** JSON where none was agreed on. */
export const codingOf = (subprotocol: string): Coding =>
  CODINGS.find((coding) => coding.subprotocol === subprotocol) ?? json;
