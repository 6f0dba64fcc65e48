import { type AmfCursor, type AmfObject, type AmfValue, newAmfObject } from "./amf-value.ts";
import { RtmpError } from "./errors.ts";

/** What a message may refer back to (AMF3 §2.2). Objects are never referred to by encoders. */
interface Tables {
  readonly strings: string[];
  readonly traits: { readonly names: readonly string[]; readonly dynamic: boolean }[];
}

/**
 * One AMF3 value behind an AMF0 avmplus marker (AMF3 specification §3), as Flash-era encoders send them.
 * References to objects, vectors, dictionaries and externalised classes are refused: `RtmpError` "amf".
 */
export function readAmf3(cursor: AmfCursor): AmfValue {
  return readValue(cursor, { strings: [], traits: [] });
}

function readValue(cursor: AmfCursor, tables: Tables): AmfValue {
  cursor.count();
  const marker = cursor.u8();
  switch (marker) {
    case 0:
      return undefined;
    case 1:
      return null;
    case 2:
      return false;
    case 3:
      return true;
    case 4:
      return (u29(cursor) << 3) >> 3;
    case 5:
      return cursor.double();
    case 6:
      return readString(cursor, tables);
    case 7:
    case 11:
      return cursor.text(inlineLength(cursor));
    case 8:
      inlineLength(cursor);
      return new Date(cursor.double());
    case 9:
      return cursor.nested(() => readArray(cursor, tables));
    case 10:
      return cursor.nested(() => readObject(cursor, tables));
    case 12:
      cursor.bytes(inlineLength(cursor));
      return undefined;
    default:
      throw new RtmpError("amf", `AMF3 marker ${marker}`);
  }
}

/** §1.3.1: 7 bits a byte, 8 in the fourth. */
function u29(cursor: AmfCursor): number {
  let value = 0;
  for (let i = 0; i < 3; i++) {
    const byte = cursor.u8();
    value = (value << 7) | (byte & 0x7f);
    if ((byte & 0x80) === 0) return value;
  }
  return (value << 8) | cursor.u8();
}

/** A U29 whose low bit says that the value follows. */
function inlineLength(cursor: AmfCursor): number {
  const value = u29(cursor);
  if ((value & 1) === 0) throw new RtmpError("amf", "AMF3 object reference");
  return value >>> 1;
}

function readString(cursor: AmfCursor, tables: Tables): string {
  const value = u29(cursor);
  if ((value & 1) === 0) {
    const known = tables.strings[value >>> 1];
    if (known === undefined) throw new RtmpError("amf", "AMF3 string reference");
    return known;
  }
  const text = cursor.text(value >>> 1);
  if (text !== "") tables.strings.push(text);
  return text;
}

/** Dense part as an array; with an associative part, everything as an object. */
function readArray(cursor: AmfCursor, tables: Tables): AmfValue {
  const count = inlineLength(cursor);
  const named = newAmfObject();
  let hasNames = false;
  for (let name = readString(cursor, tables); name !== ""; name = readString(cursor, tables)) {
    named[name] = readValue(cursor, tables);
    hasNames = true;
  }
  const dense: AmfValue[] = [];
  for (let i = 0; i < count; i++) dense.push(readValue(cursor, tables));
  if (!hasNames) return dense;
  for (const [index, value] of dense.entries()) named[String(index)] = value;
  return named;
}

function readObject(cursor: AmfCursor, tables: Tables): AmfObject {
  const traits = readTraits(cursor, tables);
  const object = newAmfObject();
  for (const name of traits.names) object[name] = readValue(cursor, tables);
  if (traits.dynamic) {
    for (let name = readString(cursor, tables); name !== ""; name = readString(cursor, tables)) {
      object[name] = readValue(cursor, tables);
    }
  }
  return object;
}

function readTraits(cursor: AmfCursor, tables: Tables): Tables["traits"][number] {
  const header = inlineLength(cursor);
  if ((header & 1) === 0) {
    const known = tables.traits[header >>> 1];
    if (known === undefined) throw new RtmpError("amf", "AMF3 traits reference");
    return known;
  }
  if ((header & 2) !== 0) throw new RtmpError("amf", "AMF3 externalised class");
  readString(cursor, tables); // class name
  const names: string[] = [];
  for (let left = header >>> 3; left > 0; left--) {
    cursor.count();
    names.push(readString(cursor, tables));
  }
  const traits = { names, dynamic: (header & 4) !== 0 };
  tables.traits.push(traits);
  return traits;
}
