import { describe, expect, it } from 'vitest';
import { findTheError, withoutValues } from '../../../src/data/smallWorld/findTheError.ts';
import { vocabulary } from '../../../src/data/smallWorld/vocabulary.ts';
import { splits } from '../../../src/data/task.ts';
import { RequestError } from '../../../src/errors.ts';

interface Line {
  readonly name: string;
  readonly right: number;
  readonly stated: number;
}

/** What each line computes from the values that stand before it, and what it says. */
function linesOf(prompt: string): Line[] {
  const values = new Map<string, number>();
  const value = (operand: string): number => values.get(operand) ?? Number(operand);
  const numberOf = (spelt: string): number => Number(spelt.replaceAll(' ', ''));
  return prompt
    .replace(/ ; error$/, '')
    .split(' ; ')
    .map((line, i) => {
      const [, name, left, operation, right, spelt] =
        /^let (\w) = (?:(\w) ([-+*]) (\w) = )?([\d ]+)$/.exec(line) ?? expect.fail(line);
      const [a, b] = [value(left), value(right)];
      const stated = numberOf(spelt);
      values.set(name, stated);
      return { name, stated, right: i === 0 ? stated : operation === '-' ? a - b : operation === '*' ? a * b : a + b };
    });
}

const wrongIn = (prompt: string): string[] =>
  linesOf(prompt).flatMap(({ name, right, stated }) => (right === stated ? [] : [name]));

describe('find the error', () => {
  const task = findTheError();

  it('one line is wrong, and it is the answer', () => {
    for (const split of splits)
      for (const { prompt, completion } of task.split(split))
        expect(wrongIn(prompt)).toEqual([completion.split(' ').at(-1)]);
  });

  it('each line down to the wrong one is worked out right', () => {
    for (const { prompt, completion } of task.split('test')) {
      const [worked, answer] = completion.split(' ; answer ');
      const lines = linesOf(prompt).slice(1);
      const expected = lines.slice(0, lines.findIndex(({ name }) => name === answer) + 1);
      expect(worked.split(' ; ').map((line) => [line[0], Number(line.split(' = ')[2])])).toEqual(
        expected.map(({ name, right }) => [name, right]),
      );
    }
  });

  it('the wrong line is anywhere, and its value any', () => {
    const wrong = task
      .split('test')
      .map(({ prompt }) => linesOf(prompt).findIndex((line) => line.right !== line.stated));
    for (const line of [1, 2, 3]) expect(wrong.filter((at) => at === line).length).toBeGreaterThan(130);
    const stated = new Set(task.split('test').map(({ prompt }, i) => linesOf(prompt)[wrong[i]].stated));
    expect(stated.size).toBe(10);
  });

  it('no two splits have a derivation in common, wherever its error is', () => {
    const forms = (split: (typeof splits)[number]): Set<string> =>
      new Set(task.split(split).map(({ prompt }) => withoutValues(prompt)));
    const train = forms('train');
    for (const split of ['validation', 'test'] as const) {
      expect(forms(split).size).toBe(task.split(split).length);
      expect([...forms(split)].filter((form) => train.has(form))).toEqual([]);
    }
    expect(withoutValues('let q = 1 ; let s = q + 4 = 1 2 ; error')).toBe('let v0 = 1 ; let v1 = v0 + 4 ; error');
  });

  it('all words are known to the embedded base, and all texts fit it', () => {
    const long = [
      { lines: 7, train: 0 },
      { lines: 6, largest: 99, train: 0 },
    ].map(findTheError);
    for (const { prompt, completion } of [task, ...long].flatMap((of) => of.split('test'))) {
      const words = `${prompt} ${completion}`.split(' ');
      expect(words.filter((word) => !vocabulary.includes(word))).toEqual([]);
      expect(words.length + 2).toBeLessThanOrEqual(128);
    }
  });

  it('with products, larger values and the answer alone', () => {
    const hard = findTheError({ lines: 6, operations: ['*', '+'], largest: 99, steps: 'none', train: 0, test: 100 });
    for (const { prompt, completion } of hard.split('test')) expect(wrongIn(prompt)).toEqual([completion]);
    expect(hard.split('test').some(({ prompt }) => / = \d \d ;/.test(prompt))).toBe(true);
  });

  it('refuses options that cannot be', () => {
    expect(() => findTheError({ lines: 1 })).toThrow(RequestError);
    expect(() => findTheError({ operations: [] })).toThrow('some of + - *, not []');
    expect(() => findTheError({ largest: 5 })).toThrow('from 9 to 999');
    expect(() => findTheError({ steps: 'all' as 'none' })).toThrow("'worked' or 'none', not 'all'");
    expect(() => findTheError({ digits: 3 } as object)).toThrow('findTheError has no option "digits"');
  });

  it('golden', () => {
    expect(task.hash()).toMatchInlineSnapshot(`"8f3dd446d7678fec26928049358e3e6cc86feeea0832bbb8f85eee0db6962d49"`);
  });
});
