import { describe, expect, it } from 'vitest';
import type { EncodedEntry } from '../../../src/data/text/encodeEntries.ts';
import { holdOut } from '../../../src/data/text/holdOut.ts';
import { windows } from '../../../src/data/text/windows.ts';
import { characters, codes } from '../characters.ts';

const entry = (key: string, text = key): EncodedEntry => ({ key, sequences: windows(text, characters, 4) });
const many = Array.from({ length: 20 }, (_, i) => entry(String.fromCodePoint(97 + i)));

describe('holding out', () => {
  it('takes the share, apart from what is learnt, by the seed', () => {
    const { training, validation } = holdOut(many, 0.25, 0);
    expect([training.length, validation.length]).toEqual([15, 5]);
    expect(new Set([...training, ...validation]).size).toBe(20);
    expect(holdOut(many, 0.25, 0)).toEqual({ training, validation });
    expect(holdOut(many, 0.25, 1).validation).not.toEqual(validation);
  });

  it('keeps together what asks the same', () => {
    const twice = many.flatMap((one) => [one, entry(one.key)]);
    for (const seed of [0, 1, 2]) {
      const { training, validation } = holdOut(twice, 0.3, seed);
      const first = (sequences: typeof training): number[] => sequences.map(({ ids }) => ids[1]!);
      expect(validation).toHaveLength(12);
      expect(first(training).filter((id) => first(validation).includes(id))).toEqual([]);
    }
  });

  it('takes the end of a single text', () => {
    const { training, validation } = holdOut([entry('one', 'abcdefghijkl')], 0.2, 5);
    expect(validation.map(({ ids }) => [...ids])).toEqual([[1, 2]]);
    expect([...training.at(-1)!.ids]).toEqual([1, ...codes('jkl')]);
  });

  it('takes one at least, none for a share of 0, and leaves something to learn', () => {
    expect(holdOut(many, 0.001, 0).validation).toHaveLength(1);
    expect(holdOut(many, 0, 0)).toEqual({ training: many.flatMap(({ sequences }) => sequences), validation: [] });
    expect(() => holdOut([entry('a')], 0.1, 0)).toThrow(/too little text to hold out 10 %: it is one sequence/);
    expect(() => holdOut(many.slice(0, 2), 0.9, 0)).toThrow(/it is 2 sequences/);
    for (const share of [1, -0.1, NaN]) expect(() => holdOut(many, share, 0)).toThrow(/must be from 0 to below 1/);
  });
});
