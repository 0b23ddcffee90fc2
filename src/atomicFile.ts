import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Written at once. Some systems refuse more than 2 GiB. */
const bytesAtOnce = 2 ** 30;

/**
 * Writes a whole file or nothing: the bytes go to a temporary name in the same folder, which is renamed when they are all there.
 * The folder is made if it is missing. `content`: text, bytes, or several pieces in a row, each written from where it is. Throws what
 * the file system says (a full disk, no permission), with the temporary file removed.
 */
export function writeWhole(file: string, content: string | Uint8Array | readonly ArrayBufferView[]): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.part`;
  try {
    writePieces(temporary, typeof content === 'string' ? [Buffer.from(content)] : [content].flat());
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writePieces(file: string, pieces: readonly ArrayBufferView[]): void {
  const descriptor = openSync(file, 'w');
  try {
    for (const { buffer, byteOffset, byteLength } of pieces)
      for (let done = 0; done < byteLength;)
        done += writeSync(
          descriptor,
          new Uint8Array(buffer, byteOffset + done, Math.min(byteLength - done, bytesAtOnce)),
        );
  } finally {
    closeSync(descriptor);
  }
}
