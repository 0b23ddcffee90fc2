import { describe, expect, it } from 'vitest';
import { probability } from '../../../src/data/smallWorld/probabilisticGrammar.ts';
import { smallWorldSentences, text } from '../../../src/data/smallWorld/sentences.ts';
import { vocabulary } from '../../../src/data/smallWorld/vocabulary.ts';
import { RequestError } from '../../../src/errors.ts';

const task = smallWorldSentences();
const wordsOf = (split: 'train' | 'test'): string[][] =>
  task.split(split).map(({ completion }) => completion.split(' '));

describe('the entropy floor', () => {
  it('is exact: no text of the test split has a second derivation', () => {
    // Scored from the text alone, over all derivations. A second one of any text would make the sum smaller.
    const nats = wordsOf('test').reduce((sum, words) => sum - Math.log(probability(text, words)), 0);
    expect(task.entropyFloor('test').nats).toBeCloseTo(nats, 6);
  });

  it('is per token: words and one end', () => {
    const floor = task.entropyFloor('test');
    expect(floor.tokens).toBe(wordsOf('test').reduce((sum, words) => sum + words.length + 1, 0));
    expect(floor.natsPerToken).toBeCloseTo(1.2634183976578632, 12);
  });
});

describe('the texts', () => {
  it('fit in 48 tokens with bos and eos', () => {
    expect(Math.max(...wordsOf('train').map((words) => words.length))).toBeLessThanOrEqual(46);
  });

  it('use every word of the vocabulary, and no other, at least a hundred times', () => {
    const counts = new Map(vocabulary.map((word) => [word, 0]));
    for (const word of wordsOf('train').flat()) counts.set(word, counts.get(word)! + 1);
    expect(counts.size).toBe(vocabulary.length);
    expect([...counts].filter(([, count]) => !(count >= 100))).toEqual([]);
  });

  it('golden', () => {
    expect(
      task
        .split('train')
        .slice(0, 3)
        .map(({ completion }) => completion),
    ).toMatchInlineSnapshot(`
      [
        "Olga is the friend of Egon .",
        "this quick mouse runs .",
        "Vera is the friend of Otto .",
      ]
    `);
    expect(task.hash()).toMatchInlineSnapshot(`"6b719f3ee762ed99d573fd83f92daebd944759ced55ad3b023ae7f28f7e77cf8"`);
  });
});

it('smaller splits are the beginning of larger ones', () => {
  const small = smallWorldSentences({ train: 5, validation: 0, test: 7 });
  expect(small.split('train')).toEqual(task.split('train').slice(0, 5));
  expect(small.split('validation')).toEqual([]);
  expect(small.split('test')).toEqual(task.split('test').slice(0, 7));
  expect(() => smallWorldSentences({ test: 0.5 })).toThrow(RequestError);
});
