import { describe, expect, it } from 'vitest';
import { encodeEntries } from '../../../src/data/text/encodeEntries.ts';
import type { TextEntry } from '../../../src/data/text/textFile.ts';
import { characters, codes } from '../characters.ts';

function encoded(entries: readonly TextEntry[], length: number): { ids: number[][]; warnings: string[] } {
  const warnings: string[] = [];
  const found = encodeEntries(entries, characters, { length, warn: (message) => void warnings.push(message) });
  return { ids: found.flatMap(({ sequences }) => sequences.map(({ ids }) => [...ids])), warnings };
}

const pair = (prompt: string, completion: string): TextEntry => ({ type: 'completion', prompt, completion });

describe('prompt and completion', () => {
  it.each([
    ['Q:', 'A', 'Q: A'],
    ['Q:', ' A', 'Q: A'],
    ['Q: ', 'A', 'Q: A'],
    ['Q: ', ' A', 'Q:  A'],
    ['Q:', '\nA', 'Q:\nA'],
    ['Q:\n', 'A', 'Q:\nA'],
    ['Q:', '  A', 'Q:  A'],
    ['', ' A', 'A'],
  ])('%j and %j are %j', (prompt, completion, whole) => {
    expect(encoded([pair(prompt, completion)], 20).ids).toEqual([[1, ...codes(whole), 2]]);
  });

  it('are cut with a warning, or left out where nothing of the completion is left', () => {
    const { ids, warnings } = encoded([pair('ab', 'cdefgh'), pair('abcdefgh', 'x'), pair('a', 'b')], 6);
    expect(ids).toEqual([
      [1, ...codes('ab cd')],
      [1, ...codes('a b'), 2],
    ]);
    expect(warnings).toEqual([
      expect.stringMatching(/^1 of 3 texts are longer than 6 tokens and were cut there; --sequence/),
      expect.stringMatching(/^1 of 3 texts have nothing to learn within 6 tokens and were left out/),
    ]);
    expect(() => encoded([pair('abcdefgh', 'x')], 6)).toThrow(/no text has anything to learn within 6 tokens/);
  });

  it('belong together where the prompt is the same', () => {
    const keys = encodeEntries([pair('a', 'b'), pair('a', 'c'), pair('', 'd'), pair('', 'e')], characters, {
      length: 9,
      warn: () => {},
    }).map(({ key }) => key);
    expect(keys).toEqual(['a', 'a', 'd', 'e']);
  });
});

it('plain texts are never cut, but go on in further windows', () => {
  const { ids, warnings } = encoded([{ type: 'text', text: 'abcdef' }], 4);
  expect(ids).toEqual([
    [1, ...codes('abc')],
    [1, ...codes('def')],
    [1, 2],
  ]);
  expect(warnings).toEqual([]);
});
