import { AmfCursor, type AmfObject, type AmfValue, isAmfObject, newAmfObject } from "./amf-value.ts";
import { readAmf3 } from "./amf3.ts";
import { RtmpError } from "./errors.ts";

/** Type markers, AMF0 specification §2.1. */
const Marker = {
  number: 0,
  boolean: 1,
  string: 2,
  object: 3,
  null: 5,
  undefined: 6,
  ecmaArray: 8,
  objectEnd: 9,
  strictArray: 10,
  date: 11,
  longString: 12,
  unsupported: 13,
  xml: 15,
  typedObject: 16,
  avmPlus: 17,
} as const;

/** Every value of a message. Throws `RtmpError` "amf": truncated, unknown marker, a reference, a bound. */
export function decodeAmf0(data: Uint8Array): AmfValue[] {
  const cursor = new AmfCursor(data);
  const values: AmfValue[] = [];
  while (cursor.left > 0) values.push(readValue(cursor));
  return values;
}

function readValue(cursor: AmfCursor): AmfValue {
  cursor.count();
  const marker = cursor.u8();
  switch (marker) {
    case Marker.number:
      return cursor.double();
    case Marker.boolean:
      return cursor.u8() !== 0;
    case Marker.string:
      return cursor.text(cursor.u16());
    case Marker.object:
      return cursor.nested(() => readObject(cursor));
    case Marker.null:
      return null;
    case Marker.undefined:
    case Marker.unsupported:
      return undefined;
    case Marker.ecmaArray:
      cursor.u32(); // a hint of the count, wrong in many encoders
      return cursor.nested(() => readObject(cursor));
    case Marker.strictArray:
      return cursor.nested(() => readArray(cursor));
    case Marker.date: {
      const date = new Date(cursor.double());
      cursor.u16(); // time zone, reserved
      return date;
    }
    case Marker.longString:
    case Marker.xml:
      return cursor.text(cursor.u32());
    case Marker.typedObject:
      cursor.text(cursor.u16());
      return cursor.nested(() => readObject(cursor));
    case Marker.avmPlus:
      return readAmf3(cursor);
    default:
      throw new RtmpError("amf", `AMF0 marker ${marker}`);
  }
}

function readObject(cursor: AmfCursor): AmfObject {
  const object = newAmfObject();
  for (;;) {
    // Some encoders end onMetaData's array with the message.
    if (cursor.left === 0) return object;
    const name = cursor.text(cursor.u16());
    if (name === "" && (cursor.left === 0 || cursor.peek() === Marker.objectEnd)) {
      if (cursor.left > 0) cursor.u8();
      return object;
    }
    object[name] = readValue(cursor);
  }
}

function readArray(cursor: AmfCursor): AmfValue[] {
  const values: AmfValue[] = [];
  for (let left = cursor.u32(); left > 0; left--) values.push(readValue(cursor));
  return values;
}

/** Objects become anonymous objects, arrays strict arrays, `Date` a date, long strings long. */
export function encodeAmf0(...values: readonly AmfValue[]): Buffer {
  return Buffer.concat(values.map(encodeValue));
}

function encodeValue(value: AmfValue): Buffer {
  if (value === undefined) return Buffer.from([Marker.undefined]);
  if (value === null) return Buffer.from([Marker.null]);
  if (typeof value === "number") return withDouble(Marker.number, value);
  if (typeof value === "boolean") return Buffer.from([Marker.boolean, value ? 1 : 0]);
  if (typeof value === "string") return encodeString(value);
  if (value instanceof Date) {
    return Buffer.concat([withDouble(Marker.date, value.getTime()), Buffer.alloc(2)]);
  }
  if (isAmfObject(value)) {
    const fields = Object.entries(value).flatMap(([name, field]) => [shortText(name), encodeValue(field)]);
    return Buffer.concat([Buffer.from([Marker.object]), ...fields, Buffer.from([0, 0, Marker.objectEnd])]);
  }
  const header = Buffer.alloc(5);
  header[0] = Marker.strictArray;
  header.writeUInt32BE(value.length, 1);
  return Buffer.concat([header, ...value.map(encodeValue)]);
}

function withDouble(marker: number, value: number): Buffer {
  const out = Buffer.alloc(9);
  out[0] = marker;
  out.writeDoubleBE(value, 1);
  return out;
}

function shortText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length <= 0xffff) return Buffer.concat([Buffer.from([Marker.string]), shortText(text)]);
  const header = Buffer.alloc(5);
  header[0] = Marker.longString;
  header.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
}
