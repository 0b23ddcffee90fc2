import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { RequestError } from '../errors.ts';

/** A file open for reading at any position. */
export interface ByteFile {
  readonly file: string;
  readonly bytes: number;
  /** Fills `into` from `position` on. Throws RequestError if the file ends before; `what` says in messages what is being read. */
  fill(into: Uint8Array, position: number, what: string): void;
  /** Which file it is, its length and when it was last written: another text as soon as somebody writes to it. Until it is closed. */
  stamp(): string;
  close(): void;
}

/** Opens a file. Throws RequestError if it is missing, not readable or not a file. */
export function openByteFile(file: string): ByteFile {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    throw new RequestError(`${file}: cannot be opened: ${(error as Error).message}`);
  }
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) {
    closeSync(descriptor);
    throw new RequestError(`${file}: expected a file, found a folder or device`);
  }
  let closed = false;
  return {
    file,
    bytes: stat.size,
    fill(into, position, what) {
      if (closed) throw new Error(`${file}: ${what} was asked for after the file was closed`);
      for (let done = 0; done < into.length;) {
        // One call reads less than 2 GiB.
        const got = readSync(descriptor, into, done, Math.min(into.length - done, 2 ** 30), position + done);
        if (got === 0) {
          throw new RequestError(
            `${file}: cut off inside ${what}: expected ${into.length} bytes, found ${done}; copy the file again`,
          );
        }
        done += got;
      }
    },
    stamp() {
      const { dev, ino, size, mtimeNs } = fstatSync(descriptor, { bigint: true });
      return [dev, ino, size, mtimeNs].join();
    },
    close() {
      if (!closed) closeSync(descriptor);
      closed = true;
    },
  };
}
