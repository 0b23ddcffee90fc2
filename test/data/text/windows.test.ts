import { describe, expect, it } from 'vitest';
import { windows } from '../../../src/data/text/windows.ts';
import { characters, codes } from '../characters.ts';

const withoutBos = { ...characters, bos: null };
const text = 'abcdefg';
const shown = (sequences: ReturnType<typeof windows>): number[][] => sequences.map(({ ids }) => [...ids]);

describe('windows of a text', () => {
  it('each begin with bos and go on where the last ended; eos ends the text', () => {
    expect(shown(windows(text, characters, 4))).toEqual([
      [1, ...codes('abc')],
      [1, ...codes('def')],
      [1, ...codes('g'), 2],
    ]);
  });

  it('overlap by a token without bos', () => {
    expect(shown(windows(text, withoutBos, 4))).toEqual([codes('abcd'), codes('defg'), [...codes('g'), 2]]);
  });

  it.each([
    ['with bos', characters, 8],
    ['without', withoutBos, 7],
    ['without either', { ...withoutBos, eos: null }, 6],
  ])('%s, every token is predicted once, whatever the length', (_, tokenizer, predicted) => {
    for (let length = 2; length < 12; length++) {
      const sequences = windows(text, tokenizer, length);
      const labels = sequences.flatMap((sequence) => Array.from(sequence.labels).filter((label) => label >= 0));
      expect(labels).toEqual([...codes(text), ...(tokenizer.eos === null ? [] : [2])].slice(-predicted));
      for (const { ids, labels: own } of sequences) {
        expect(ids.length).toBeLessThanOrEqual(length);
        expect(own[0]).toBe(-100);
        expect(own.slice(1)).toEqual(ids.slice(1));
      }
    }
  });

  it('have the bytes of the text in all', () => {
    const umlauts = 'äöü and more';
    for (const length of [2, 3, 5, 100])
      expect(windows(umlauts, characters, length).reduce((n, { completionBytes }) => n + completionBytes, 0)).toBe(15);
  });

  it('are none where nothing can be predicted', () => {
    expect(windows('a', { ...withoutBos, eos: null }, 4)).toEqual([]);
    expect(windows('', { ...characters, eos: null }, 4)).toEqual([]);
  });
});
