import { describe, expect, it } from 'vitest';
import { sum, sums, unordered } from '../../../src/data/smallWorld/sums.ts';
import { splits } from '../../../src/data/task.ts';
import { RequestError } from '../../../src/errors.ts';

const numberOf = (spelt: string): number => Number(spelt.replaceAll(' ', ''));

it('sum: the three ways to write the steps', () => {
  expect(sum(347, 285, 'carry')).toEqual({
    prompt: '3 4 7 + 2 8 5 =',
    completion: '7 + 5 + 0 = 2 carry 1 ; 4 + 8 + 1 = 3 carry 1 ; 3 + 2 + 1 = 6 carry 0 ; answer 6 3 2',
  });
  expect(sum(99, 1 + 9, 'digit').completion).toBe('9 + 0 = 9 ; 9 + 1 = 0 ; answer 1 0 9');
  expect(sum(12, 34, 'none')).toEqual({ prompt: '1 2 + 3 4 =', completion: '4 6' });
});

describe('sums', () => {
  const task = sums();

  it('are right, in every step', () => {
    for (const { prompt, completion } of task.split('test')) {
      const [a, b] = prompt.slice(0, -2).split(' + ').map(numberOf);
      const [steps, answer] = completion.split(' answer ');
      expect(numberOf(answer)).toBe(a + b);
      for (const step of steps.matchAll(/(\d) \+ (\d) \+ (\d) = (\d) carry (\d) ;/g)) {
        const [x, y, carry, digit, next] = step.slice(1).map(Number);
        expect(10 * next + digit).toBe(x + y + carry);
      }
    }
  });

  it('are 8,000, 200 and 500 different ones, the first digits not zero, in at most 48 tokens', () => {
    const all = splits.flatMap((split) => task.split(split));
    expect(splits.map((split) => task.split(split).length)).toEqual([8000, 200, 500]);
    expect(new Set(all.map(({ prompt }) => prompt)).size).toBe(8700);
    for (const { prompt, completion } of all) {
      expect(prompt).toMatch(/^[1-9] \d \d \+ [1-9] \d \d =$/);
      expect(`${prompt} ${completion}`.split(' ').length + 2).toBeLessThanOrEqual(48);
    }
  });

  it('more training data leaves the others as they are, and steps change no question', () => {
    const smaller = sums({ train: 10, steps: 'none' });
    const prompts = (of: typeof task): string[] => of.split('test').map(({ prompt }) => prompt);
    expect(prompts(smaller)).toEqual(prompts(task));
    expect(smaller.split('train').map(({ prompt }) => prompt)).toEqual(
      task
        .split('train')
        .slice(0, 10)
        .map(({ prompt }) => prompt),
    );
  });

  it('refuse options that cannot be', () => {
    expect(() => sums({ digits: 0 })).toThrow(RequestError);
    expect(() => sums({ steps: 'all' as 'none' })).toThrow("'carry', 'digit' or 'none', not 'all'");
    expect(() => sums({ digits: 1 }).split('train')).toThrow('found only 45 different examples');
    expect(() => sums({ test: -1 }).split('train')).toThrow('test must be a whole number');
  });

  it('never tests what training holds the other way round', () => {
    const small = sums({ digits: 2, train: 3000, validation: 200, test: 500 });
    const forms = (split: 'train' | 'validation' | 'test'): string[] =>
      small.split(split).map(({ prompt }) => unordered(prompt));
    const tested = [...forms('validation'), ...forms('test')];
    expect(new Set(tested).size).toBe(700);
    expect(forms('train').filter((form) => tested.includes(form))).toEqual([]);
    expect(unordered('3 4 + 2 8 =')).toBe(unordered('2 8 + 3 4 ='));
  });

  it('golden', () => {
    expect(task.hash()).toMatchInlineSnapshot(`"8f2f3bee2de8ffe378e3058c6854ac2ff2bed248e511c7001d943b307d28172d"`);
  });
});
