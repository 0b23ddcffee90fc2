import { describe, expect, test } from 'vitest';
import { corpusBleu, sentenceBleu } from '../../src/metrics/bleu.ts';
import { tokenize13a } from '../../src/metrics/tokenize13a.ts';

const one = (hypothesis: string, ...references: string[]): number => sentenceBleu({ hypothesis, references }).score;

describe('BLEU of a sentence', () => {
  test('is 100 for a reference and 0 without a word of one', () => {
    expect(one('the cat sat on the mat', 'a dog', 'the cat sat on the mat')).toBeCloseTo(100, 12);
    expect(one('x y z', 'the cat sat on the mat')).toBe(0);
    expect(one('', 'the cat')).toBe(0);
  });

  test('clips a word at its count in the reference that has it most often', () => {
    const { precisions } = sentenceBleu({
      hypothesis: 'the the the the the the the',
      references: ['The cat is on the mat', 'the the is all'],
    });
    expect(precisions[0]).toBeCloseTo((100 * 2) / 7, 12);
  });

  test('halves, with each order that has no match, what that order counts', () => {
    // 1-grams 2 of 4; 2-, 3- and 4-grams none of 3, 2, 1.
    const { precisions } = sentenceBleu({ hypothesis: 'a x b y', references: ['b z a q'] });
    expect(precisions).toEqual([50, 100 / 2 / 3, 100 / 4 / 2, 100 / 8 / 1]);
  });

  test('of two words is the mean of two orders; a corpus has four', () => {
    expect(one('the cat', 'the cat')).toBeCloseTo(100, 12);
    expect(corpusBleu([{ hypothesis: 'the cat', references: ['the cat'] }]).score).toBe(0);
  });

  test('the length to reach is the nearest of the references, the shorter at a tie', () => {
    const penalty = (...references: string[]): number =>
      sentenceBleu({ hypothesis: 'a b c d', references }).brevityPenalty;
    expect(penalty('a b c d e f', 'a b c d e f g h')).toBeCloseTo(Math.exp(1 - 6 / 4), 12);
    expect(penalty('a b c d e', 'a b c')).toBe(1);
    expect(penalty('a b c d e f g h', 'a b c d e')).toBeCloseTo(Math.exp(1 - 5 / 4), 12);
  });

  test('keeps case unless told otherwise', () => {
    expect(one('The Cat Sat On', 'the cat sat on')).toBe(0);
    expect(sentenceBleu({ hypothesis: 'The Cat Sat On', references: ['the cat sat on'] }, { lowercase: true }).score) //
      .toBeCloseTo(100, 12);
  });
});

describe('BLEU of a corpus', () => {
  test('sums counts before it divides: no mean of sentences', () => {
    const right = { hypothesis: 'a b c d e f', references: ['a b c d e f'] };
    const wrong = { hypothesis: 'u v', references: ['x y'] };
    const { score, precisions } = corpusBleu([right, wrong]);
    expect(precisions).toEqual([(100 * 6) / 8, (100 * 5) / 6, 100, 100]);
    expect(score).toBeCloseTo(100 * (0.75 * (5 / 6)) ** 0.25, 10);
  });

  test('without a text, or a reference, is an error', () => {
    expect(() => corpusBleu([])).toThrow('BLEU: there is no text to score');
    expect(() => corpusBleu([{ hypothesis: 'a', references: [] }])).toThrow('text 1 of 1 has no reference');
  });
});

test.each([
  ["It isn't, £20-25 (cheap).", ['It', "isn't", ',', '£20', '-', '25', '(', 'cheap', ')', '.']],
  ['5,000.5 and 1. x', ['5,000.5', 'and', '1', '.', 'x']],
  ['kid-friendly &amp; A&lt;B', ['kid-friendly', '&', 'A', '<', 'B']],
  ['one-\ntwo\nthree', ['onetwo', 'three']],
])('the 13a tokenizer: %j', (text, tokens) => {
  expect(tokenize13a(text)).toEqual(tokens);
});
