import { describe, expect, test } from 'vitest';
import { corpusChrF, sentenceChrF } from '../../src/metrics/chrF.ts';
import { meanRougeL, rouge } from '../../src/metrics/rouge.ts';

describe('chrF', () => {
  test('is 100 for the same characters, whatever the spaces, and 0 without a common one', () => {
    expect(sentenceChrF({ hypothesis: 'the  cat', references: ['thecat'] })).toBeCloseTo(100, 12);
    expect(sentenceChrF({ hypothesis: 'xyz', references: ['the cat'] })).toBe(0);
    expect(sentenceChrF({ hypothesis: '', references: ['the cat'] })).toBe(0);
  });

  test('weighs recall four times', () => {
    // Orders 1 and 2 alone: "ab" has P = 1 and 1, R = 2/3 and 1/2.
    const [precision, recall] = [1, (2 / 3 + 1 / 2) / 2];
    expect(sentenceChrF({ hypothesis: 'ab', references: ['abc'] })).toBeCloseTo(
      (100 * 5 * precision * recall) / (4 * precision + recall),
      12,
    );
  });

  test('takes the best reference of each text, and sums counts over texts', () => {
    const texts = [
      { hypothesis: 'abc', references: ['xyz', 'abc'] },
      { hypothesis: 'q', references: ['a'] },
    ];
    // 1-grams 3 of 4, longer ones all, written and wanted alike.
    expect(corpusChrF(texts)).toBeCloseTo((100 * (0.75 + 1 + 1)) / 3, 12);
  });

  test('a character outside the first plane is one', () => {
    expect(sentenceChrF({ hypothesis: '😀', references: ['😃'] })).toBe(0);
  });
});

describe('ROUGE', () => {
  test('counts words without case or signs', () => {
    expect(rouge('The cat, sat!', 'the cat sat')).toEqual({ rouge1: 1, rouge2: 1, rougeL: 1 });
    expect(rouge('', 'the cat')).toEqual({ rouge1: 0, rouge2: 0, rougeL: 0 });
  });

  test('pairs of words must be neighbours; the longest common subsequence need not', () => {
    const { rouge1, rouge2, rougeL } = rouge('police kill the gunman', 'police killed the gunman');
    expect([rouge1, rouge2, rougeL]).toEqual([3 / 4, 1 / 3, 3 / 4]);
    expect(rouge('the gunman kill police', 'police killed the gunman').rougeL).toBe(1 / 2);
  });

  test('a mean over texts takes the reference that each is most like', () => {
    const texts = [
      { hypothesis: 'a b', references: ['x y', 'a b'] },
      { hypothesis: 'a b', references: ['a c'] },
    ];
    expect(meanRougeL(texts)).toBe(0.75);
    expect(() => meanRougeL([])).toThrow('ROUGE-L: there is no text to score');
  });
});
