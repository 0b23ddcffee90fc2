import path from 'node:path';

/**
 * The request was wrong: an unknown name, a missing file, a rank of zero. The command line shows the message alone and exits
 * with status 2. Everything else that is thrown means that the work failed (status 1).
 */
export class RequestError extends Error {
  override readonly name: string = 'RequestError';
}

/** A request that makes sense but that this version cannot fulfil. */
export class Unsupported extends RequestError {
  override readonly name = 'Unsupported';
}

/** What something that was thrown says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What `f` gives; a RequestError of it, Unsupported or not, gets the context before its message. */
export function inContext<T>(context: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (error instanceof Unsupported) throw new Unsupported(`${context}${error.message}`);
    if (error instanceof RequestError) throw new RequestError(`${context}${error.message}`);
    throw error;
  }
}

/** What `f` gives; a RequestError of it that does not begin with the file's folder gets the file before its message. */
export function inFile<T>(file: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (error instanceof RequestError && error.message.startsWith(path.dirname(file))) throw error;
    return inContext(`${file}: `, () => {
      throw error;
    });
  }
}
