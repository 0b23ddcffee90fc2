import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Written at once. Some systems refuse more than 2 GiB. */
const bytesAtOnce = 2 ** 30;

/**
 * Writes a whole file or nothing: the bytes go to a temporary name in the same folder, which is renamed when they are all there.
 * The folder is made if it is missing. `content`: text, bytes, or several pieces in a row, each asked for when the last is written, and
 * written from where it is. Throws what the file system says (a full disk, no permission), with the temporary file removed.
 */
export function writeWhole(file: string, content: string | Uint8Array | Iterable<ArrayBufferView>): void {
  makeFolder(path.dirname(file));
  const temporary = `${file}.${process.pid}.part`;
  try {
    const pieces = typeof content === 'string' ? [Buffer.from(content)] : content;
    writePieces(temporary, pieces instanceof Uint8Array ? [pieces] : pieces);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Makes a folder and those above it, one after the other: Node's recursive mkdir never returns where a file system refuses with
 * ENOENT, as /proc does.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
  }
}

function writePieces(file: string, pieces: Iterable<ArrayBufferView>): void {
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
