import { expect, it } from 'vitest';
import { smallWorldPairs } from '../../../src/data/smallWorld/minimalPairs.ts';
import { probability } from '../../../src/data/smallWorld/probabilisticGrammar.ts';
import { text } from '../../../src/data/smallWorld/sentences.ts';

const pairs = smallWorldPairs();
const said = (sentence: string): number => probability(text, sentence.split(' '));

it('fifty different pairs of each of six paradigms', () => {
  const paradigms = [...new Set(pairs.map(({ paradigm }) => paradigm))];
  expect(paradigms).toHaveLength(6);
  for (const paradigm of paradigms) {
    expect(new Set(pairs.filter((pair) => pair.paradigm === paradigm).map(({ right }) => right)).size).toBe(50);
  }
});

it('the right one is a text of the small world, the wrong one is not, and they differ in one word', () => {
  for (const { right, wrong } of pairs) {
    expect(said(right), right).toBeGreaterThan(0);
    expect(said(wrong), wrong).toBe(0);
    const others = wrong.split(' ');
    expect(right.split(' ').filter((word, i) => word !== others[i])).toHaveLength(1);
    expect(others).toHaveLength(right.split(' ').length);
  }
});
