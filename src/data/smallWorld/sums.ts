/**
 * A target domain: the sum of two numbers of equally many digits, digit by digit from the right. Every digit is a token.
 *
 *   prompt                 3 4 7 + 2 8 5 =
 *   completion, 'carry'    7 + 5 + 0 = 2 carry 1 ; 4 + 8 + 1 = 3 carry 1 ; 3 + 2 + 1 = 6 carry 0 ; answer 6 3 2
 *               'digit'    7 + 5 = 2 ; 4 + 8 = 3 ; 3 + 2 = 6 ; answer 6 3 2
 *               'none'     6 3 2
 *
 * With the carry written every step is a sum of three given digits; without it the carry is to be inferred from the column
 * before; without steps the first digit to be said depends on all columns.
 */
import { RequestError } from '../../errors.ts';
import { checkNames } from '../../optionNames.ts';
import { stream } from '../../tensor/random.ts';
import { defineTask, type Example, type Task } from '../task.ts';
import { distinctExamples } from './distinct.ts';

export type SumSteps = 'carry' | 'digit' | 'none';

export interface SumsOptions {
  /** Of each number, the first not zero: 1 to 6. */
  readonly digits?: number;
  readonly steps?: SumSteps;
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
}

/** Throws a RequestError for options that cannot be; there are 81 · 100^(digits − 1) different sums. */
export function sums(options: SumsOptions = {}): Task {
  checkNames('sums', options, ['digits', 'steps', 'train', 'validation', 'test']);
  const { digits = 3, steps = 'carry', train = 8000, validation = 200, test = 500 } = options;
  if (!Number.isInteger(digits) || digits < 1 || digits > 6) {
    throw new RequestError(`sums: digits must be a whole number from 1 to 6, not ${digits}.`);
  }
  if (!['carry', 'digit', 'none'].includes(steps)) {
    throw new RequestError(`sums: steps must be 'carry', 'digit' or 'none', not '${steps}'.`);
  }
  const smallest = digits === 1 ? 1 : 10 ** (digits - 1);
  return defineTask(
    {
      name: 'sums',
      spec: { type: 'sums', digits, steps, train, validation, test },
      metrics: ['lossNats', 'exactMatch'],
    },
    () => ({
      splits: distinctExamples('sums', { train, validation, test }, stream(0, 'sums', digits), {
        draw: (random) =>
          sum(
            smallest + random.integer(10 ** digits - smallest),
            smallest + random.integer(10 ** digits - smallest),
            steps,
          ),
        formOf: unordered,
      }),
      cloze: [],
      minimalPairs: [],
    }),
  );
}

/** The example of a + b; both have equally many decimal digits. */
export function sum(a: number, b: number, steps: SumSteps): Example {
  const answer = spell(a + b);
  const prompt = `${spell(a)} + ${spell(b)} =`;
  if (steps === 'none') return { prompt, completion: answer };
  const columns: string[] = [];
  let carry = 0;
  const [left, right] = [a, b].map((number) => Array.from(String(number), Number).reverse());
  for (const [i, x] of left.entries()) {
    const y = right[i];
    const total = x + y + carry;
    const next = Math.floor(total / 10);
    columns.push(
      steps === 'carry' ? `${x} + ${y} + ${carry} = ${total % 10} carry ${next} ;` : `${x} + ${y} = ${total % 10} ;`,
    );
    carry = next;
  }
  return { prompt, completion: `${columns.join(' ')} answer ${answer}` };
}

/** The prompt with the smaller number first: who has learnt a + b knows b + a. */
export const unordered = (prompt: string): string => prompt.replace(' =', '').split(' + ').sort().join(' + ');

/** 123 as "1 2 3". */
export function spell(number: number): string {
  return Array.from(String(number)).join(' ');
}
