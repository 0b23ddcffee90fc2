import { describe, expect, it } from 'vitest';
import { programs, renamed } from '../../../src/data/smallWorld/programs.ts';
import { splits, type Example } from '../../../src/data/task.ts';
import { RequestError } from '../../../src/errors.ts';

/** Runs the program of a prompt, as the language says it. */
function run(prompt: string): string[] {
  const values = new Map<string, number>();
  const value = (operand: string): number => values.get(operand) ?? Number(operand);
  const [source, printed] = prompt.split(' print ');
  const trace: string[] = [];
  for (const [, name, left, operation, right] of source.matchAll(/let (\w) = (\w)(?: ([-+*]) (\w))? ;/g)) {
    const [a, b] = [value(left), right === undefined ? 0 : value(right)];
    values.set(name, operation === '-' ? a - b : operation === '*' ? a * b : a + b);
    trace.push(`${name}=${values.get(name)}`);
  }
  return [...trace, `answer${values.get(printed)}`];
}

const close = (text: string): string => text.replaceAll(' ', '');

describe('programs', () => {
  const task = programs();

  it('are traced and answered right', () => {
    for (const { prompt, completion } of task.split('test')) {
      expect(close(completion.replaceAll(/ = \w [-+*] \w/g, ''))).toBe(run(prompt).join(';'));
    }
  });

  it('write each operation with its values', () => {
    const worked = task
      .split('test')
      .flatMap(({ completion }) => [...completion.matchAll(/= (\d) ([-+]) (\d) = (\d) ;/g)]);
    expect(worked).toHaveLength(1000);
    for (const [, a, operation, b, c] of worked) expect(operation === '+' ? +a + +b : +a - +b).toBe(+c);
  });

  it('with larger values, products, and values alone or no steps', () => {
    const options = { statements: 5, operations: ['*', '+'], largest: 99, train: 0, validation: 0, test: 200 } as const;
    const answers = (of: readonly Example[]): string[] => of.map(({ completion }) => completion);
    const values = programs({ ...options, steps: 'values' }).split('test');
    const alone = programs({ ...options, steps: 'none' }).split('test');
    for (const { prompt, completion } of values) expect(close(completion)).toBe(run(prompt).join(';'));
    for (const { prompt, completion } of alone) expect(`answer${close(completion)}`).toBe(run(prompt).at(-1));
    expect(answers(alone).some((answer) => answer.length === 3)).toBe(true);
    expect(values.some(({ prompt }) => prompt.includes('*'))).toBe(true);
    expect(values.some(({ prompt }) => prompt.includes('-'))).toBe(false);
  });

  it('are 8,000, 200 and 500 different ones in at most 48 tokens', () => {
    const all = splits.flatMap((split) => task.split(split));
    expect(splits.map((split) => task.split(split).length)).toEqual([8000, 200, 500]);
    expect(new Set(all.map(({ prompt }) => prompt)).size).toBe(8700);
    for (const { prompt, completion } of all) {
      expect(`${prompt} ${completion}`.split(' ').length + 2).toBeLessThanOrEqual(48);
    }
  });

  it('no answer is much commoner than the others', () => {
    const answers = task.split('test').map(({ completion }) => completion.slice(-1));
    for (const answer of '0123456789')
      expect(answers.filter((other) => other === answer).length).toBeLessThan(0.15 * 500);
  });

  it('adding alone, where values soon have no room left', () => {
    const task = programs({ operations: ['+'], statements: 5, train: 0, validation: 0, test: 50 });
    for (const { prompt, completion } of task.split('test'))
      expect(`answer${completion.at(-1)}`).toBe(run(prompt).at(-1));
  });

  it('refuse options that cannot be', () => {
    expect(() => programs({ statements: 9 })).toThrow(RequestError);
    expect(() => programs({ operations: ['/' as '+'] })).toThrow('some of + - *, not [/]');
    expect(() => programs({ largest: 5 })).toThrow('from 9 to 999');
    expect(() => programs({ steps: 'all' as 'none' })).toThrow("'worked', 'values' or 'none'");
  });

  it('never test what training holds under other names', () => {
    const forms = (split: 'train' | 'validation' | 'test'): Set<string> =>
      new Set(task.split(split).map(({ prompt }) => renamed(prompt)));
    const train = forms('train');
    for (const split of ['validation', 'test'] as const) {
      expect(forms(split).size).toBe(task.split(split).length);
      expect([...forms(split)].filter((form) => train.has(form))).toEqual([]);
    }
    expect(renamed('let q = 1 ; let s = q + 4 ; print s')).toBe('let v0 = 1 ; let v1 = v0 + 4 ; print v1');
  });

  it('golden', () => {
    expect(task.hash()).toMatchInlineSnapshot(`"d9f7b7c5ef7b8d430111e317efc1687f87ce7aa03579121fd31e567cc2c5863e"`);
  });
});
