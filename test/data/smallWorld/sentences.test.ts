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
    expect(floor.natsPerToken).toBeCloseTo(1.0699982093551397, 12);
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
        "this quick mouse runs . these young teachers swim in the garden .",
        "these teachers are calm . this wolf that knows the frogs is tired . this big gardener swims . this farmer sleeps .",
      ]
    `);
    expect(task.hash()).toMatchInlineSnapshot(`"2437e36a7c8e2b47a832d8cb6be9010b4cbb183621623abcba7b51c0586d3ddb"`);
  });
});

it('smaller splits are the beginning of larger ones', () => {
  const small = smallWorldSentences({ train: 5, validation: 0, test: 7 });
  expect(small.split('train')).toEqual(task.split('train').slice(0, 5));
  expect(small.split('validation')).toEqual([]);
  expect(small.split('test')).toEqual(task.split('test').slice(0, 7));
  expect(() => smallWorldSentences({ test: 0.5 })).toThrow(RequestError);
});

describe('what is asked of a model', () => {
  const relationsOf = (facts: number): Set<string | undefined> =>
    new Set(
      smallWorldSentences({ train: 0, facts })
        .cloze()
        .map(({ relation }) => relation),
    );

  it('is all of it, or as many items as are asked for, of every relation', () => {
    const all = smallWorldSentences({ train: 0 });
    const some = smallWorldSentences({ train: 0, facts: 66, minimalPairs: 30 });
    expect(some.cloze()).toHaveLength(66);
    expect(some.minimalPairs()).toHaveLength(30);
    expect(all.cloze()).toEqual(expect.arrayContaining([...some.cloze()]));
    expect(relationsOf(66)).toEqual(relationsOf(all.cloze().length));
    expect(smallWorldSentences({ train: 0, facts: 0 }).cloze()).toEqual([]);
  });

  it('is refused where there is not so much', () => {
    expect(() => smallWorldSentences({ facts: 10_000 })).toThrow(/facts must be a whole number up to \d+, not 10000/);
    expect(() => smallWorldSentences({ minimalPairs: -1 })).toThrow(/minimalPairs .* not -1/);
  });
});
