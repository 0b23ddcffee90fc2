import { afterEach, describe, expect, test, vi } from 'vitest';
import { engineCommand, inWords } from '../../src/cli/engine.ts';
import { RequestError } from '../../src/errors.ts';
import { activeEngine } from '../../src/tensor/engine.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the verb prints, given these words after its name. */
async function printed(...words: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await engineCommand().parseAsync(words, { from: 'user' });
  expect(log).toHaveBeenCalledTimes(1);
  return String(log.mock.calls[0][0]);
}

describe('adapterlab engine', () => {
  test('--json prints the description as one line of JSON that begins with the engine', async () => {
    const line = await printed('--engine', 'wasm', '--json');
    expect(line).toMatch(/^\{"engine":"wasm",.*\}$/);
    expect(JSON.parse(line)).toEqual(activeEngine());
  });

  test('without it, prints the same in words', async () => {
    expect(await printed('--engine', 'wasm')).toBe(inWords(activeEngine()));
    expect(inWords(activeEngine())).toMatch(
      /^engine +wasm: .*\ncomputes +on .*, 1 thread\nat once +up to 1 run in one step\n/,
    );
  });

  test('refuses an unknown engine', async () => {
    await expect(engineCommand().parseAsync(['--engine', 'metal'], { from: 'user' })).rejects.toThrow(RequestError);
  });
});
