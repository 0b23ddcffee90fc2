import { describe, expect, it } from 'vitest';
import {
  derive,
  oneOf,
  probability,
  weighted,
  type Grammar,
} from '../../../src/data/smallWorld/probabilisticGrammar.ts';
import { stream } from '../../../src/tensor/random.ts';

const itself = (word: string): Grammar => word;
const grammar: Grammar = [
  'the',
  weighted([3, () => ''], [1, () => oneOf(['big', 'old'], itself)]),
  oneOf(['fox', 'cat', 'dog'], (noun) => [noun, oneOf(['sees', 'has'], itself), `a ${noun}`]),
];

describe('probability', () => {
  const of = (text: string): number => probability(grammar, text.split(' '));

  it('is the product of the choices', () => {
    expect(of('the fox sees a fox')).toBeCloseTo(3 / 4 / 3 / 2, 12);
    expect(of('the old cat has a cat')).toBeCloseTo(1 / 4 / 2 / 3 / 2, 12);
  });

  it('is 0 for a text that cannot be, is too long or too short', () => {
    for (const text of ['the fox sees a cat', 'fox', 'the fox sees a', 'the fox sees a fox a'])
      expect(of(text)).toBe(0);
  });

  it('adds up the derivations of an ambiguous text', () => {
    const ambiguous = oneOf(
      [
        ['a', 'b a'],
        ['a b', 'a'],
        ['a', 'a'],
      ],
      (parts) => parts,
    );
    expect(probability(ambiguous, ['a', 'b', 'a'])).toBeCloseTo(2 / 3, 12);
  });
});

describe('derive', () => {
  it('gives a text of the grammar with its exact −log probability', () => {
    const random = stream(1);
    for (let i = 0; i < 200; i++) {
      const { words, nats } = derive(grammar, random);
      expect(nats).toBeCloseTo(-Math.log(probability(grammar, words)), 10);
    }
  });

  it('draws each alternative as often as its odds say', () => {
    const random = stream(2);
    const n = 20_000;
    let sized = 0;
    for (let i = 0; i < n; i++) if (derive(grammar, random).words.length === 6) sized++;
    expect(Math.abs(sized / n - 1 / 4)).toBeLessThan(4 * Math.sqrt(3 / 16 / n));
  });
});
