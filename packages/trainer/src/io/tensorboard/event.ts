/**
 * @file TensorBoard's `Event` message as protocol-buffer bytes, with the fields of scalars.
 *
 * `Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }`,
 * `Summary { repeated Value value = 1; }`, `Value { string tag = 1; float simple_value = 2; }`
 */

/** The first event of a file. */
export function versionEvent(wallTime: number): Uint8Array {
  return concat([double(1, wallTime), text(3, "brain.Event:2")]);
}

/** Scalars by tag, at a step. */
export function scalarEvent(
  wallTime: number,
  step: number,
  scalars: Readonly<Record<string, number>>,
): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) =>
    message(1, concat([text(1, tag), float(2, value)])),
  );
  return concat([
    double(1, wallTime),
    concat([key(2, 0), varint(step)]),
    message(5, concat(values)),
  ]);
}

/** A field's number and wire type: 0 is a varint, 1 64 bits, 2 length and bytes, 5 32 bits. */
const key = (field: number, wire: number): Uint8Array => varint(field * 8 + wire);

/** Seven bits a byte, least significant first. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

function double(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return concat([key(field, 1), bytes]);
}

function float(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concat([key(field, 5), bytes]);
}

const message = (field: number, bytes: Uint8Array): Uint8Array =>
  concat([key(field, 2), varint(bytes.length), bytes]);

const text = (field: number, value: string): Uint8Array =>
  message(field, new TextEncoder().encode(value));

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
