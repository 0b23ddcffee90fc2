/** What the program says, for tests that call it in this process. */
import { afterEach, beforeEach, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

export interface Spoken {
  readonly out: string;
  readonly err: string;
  /** Exit status of `adapterlab …`; what was said before it is forgotten. */
  exits(...words: string[]): Promise<number>;
}

/** Listens to both streams during each test of the file, and forgets after it. */
export function spoken(): Spoken {
  const heard = { out: '', err: '' };
  const hear = (stream: 'out' | 'err', end: string) => (text: unknown) => {
    heard[stream] += `${String(text)}${end}`;
    return true;
  };
  beforeEach(() => {
    heard.out = heard.err = '';
    vi.spyOn(console, 'log').mockImplementation(hear('out', '\n'));
    vi.spyOn(console, 'error').mockImplementation(hear('err', '\n'));
    vi.spyOn(process.stdout, 'write').mockImplementation(hear('out', ''));
    vi.spyOn(process.stderr, 'write').mockImplementation(hear('err', ''));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });
  return {
    get out() {
      return heard.out;
    },
    get err() {
      return heard.err;
    },
    async exits(...words) {
      heard.out = heard.err = '';
      process.exitCode = undefined;
      await main(['node', 'adapterlab', ...words]);
      return Number(process.exitCode ?? 0);
    },
  };
}
