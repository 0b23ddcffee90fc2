import { writeFileSync } from 'node:fs';

/** Writes the bytes of a safetensors file exactly as told, right or wrong. `headerBytes` may lie about the header's length. */
export function writeRaw(
  file: string,
  header: unknown,
  data: Uint8Array | number[] = [],
  headerBytes?: number,
): string {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(headerBytes ?? text.length));
  writeFileSync(file, Buffer.concat([length, text, Uint8Array.from(data)]));
  return file;
}
