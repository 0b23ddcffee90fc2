/** The commands of docs/memory.md print what the page says they do. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { spoken } from '../cli/spoken.ts';

const program = spoken();

const page = readFileSync('docs/memory.md', 'utf8');
const examples = [...page.matchAll(/^```\n\$ adapterlab (.*)\n([^]*?)^```$/gm)].map(([, words, lines]) => ({
  words: words!.split(' '),
  lines: lines!.split('\n').filter((line) => line !== '' && line !== '…'),
}));

async function output(words: readonly string[]): Promise<string> {
  await program.exits(...words);
  return program.out + program.err;
}

describe('docs/memory.md', () => {
  test('has examples', () => {
    expect(examples.length).toBeGreaterThan(8);
    expect(examples.every(({ lines }) => lines.length > 0)).toBe(true);
  });

  it.each(examples.map(({ words, lines }) => [words.join(' '), words, lines] as const))(
    '%s',
    async (_, words, lines) => {
      const plain = (line: string): string => line.replaceAll(/ +/g, ' ');
      const printed = (await output(words)).split('\n').map(plain);
      expect(printed).toEqual(expect.arrayContaining(lines.map(plain)));
    },
  );
});

describe('GPT-3', () => {
  const config = ['inspect', '--config', 'docs/memory/gpt-3-175b.json', '--rank', '4', '--json'];
  interface Printed {
    readonly totals: { readonly base: number; readonly bytes: object; readonly totalBytes: number };
    readonly fullFineTuning: { readonly totalBytes: number };
  }

  it('is counted exactly: whole numbers below 2^53, and no number wrapped', async () => {
    const { totals, fullFineTuning } = JSON.parse(await output([...config, '--batch', '64'])) as Printed;
    const d = 12288;
    const layer = d * 3 * d + 3 * d + d * d + d + d * 4 * d + 4 * d + 4 * d * d + d + 4 * d;
    expect(totals.base).toBe(96 * layer + (50257 + 2048) * d + 2 * d);
    for (const bytes of [...Object.values(totals.bytes), totals.totalBytes, fullFineTuning.totalBytes])
      expect(Number.isSafeInteger(bytes) && bytes >= 0, String(bytes)).toBe(true);
    expect(totals.bytes).toMatchObject({ base: 4 * totals.base, adapter: 4 * 18_874_368, optimizer: 8 * 18_874_368 });
  });

  it('is refused where bytes can be counted no more', async () => {
    expect(await output([...config, '--batch', '1000000000000'])).toMatch(/more than 9 · 10\^15 bytes/);
    expect(process.exitCode).toBe(2);
  });

  it('takes no time, and no memory to speak of, also in NF4 and when everything trains', async () => {
    for (const words of [config, [...config, '--storage', 'nf4'], [...config, '--method', 'full']]) {
      const [before, began] = [process.memoryUsage(), performance.now()];
      await output(words);
      const after = process.memoryUsage();
      expect(performance.now() - began).toBeLessThan(1000);
      expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(50e6);
    }
  });
});
