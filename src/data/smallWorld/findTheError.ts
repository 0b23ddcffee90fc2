/**
 * A target domain: in which line of this derivation is the value wrong? Every digit is a token.
 *
 *   prompt                 let p = 3 ; let q = p + 4 = 8 ; let r = q - p = 5 ; error
 *   completion, 'worked'   q = 3 + 4 = 7 ; answer q
 *               'none'     q
 *
 * Each line but the first says what it computes and what comes of it. In one of them that is not so; the lines behind go on with the
 * value as it stands there, so that no other line is wrong. 'worked' checks line by line, down to the wrong one, with what is right.
 * The embedded base's 128 tokens are enough for 7 lines of digits, or 6 of values up to 99.
 */
import { RequestError } from '../../errors.ts';
import { checkNames } from '../../optionNames.ts';
import { stream, type Stream } from '../../tensor/random.ts';
import { defineTask, type Example, type Task } from '../task.ts';
import { distinctExamples } from './distinct.ts';
import { letters } from './lexicon.ts';
import { renamed } from './programs.ts';
import { compute, drawExpression, type Operand, type Operation } from './straightLineProgram.ts';
import { spell } from './sums.ts';

export interface FindTheErrorOptions {
  /** Lines of the derivation, all but the first of them to be checked: 2 to 8; 4 unless given. More lines are harder. */
  readonly lines?: number;
  readonly operations?: readonly Operation[];
  /** The largest value of a variable, right or wrong: 9 to 999. */
  readonly largest?: number;
  readonly steps?: 'worked' | 'none';
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
}

const names = ['lines', 'operations', 'largest', 'steps', 'train', 'validation', 'test'];

/** No two splits have a derivation in common, wherever its error is. Throws a RequestError for options that cannot be. */
export function findTheError(options: FindTheErrorOptions = {}): Task {
  checkNames('findTheError', options, names);
  const { lines = 4, operations = ['+', '-'], largest = 9, steps = 'worked' } = options;
  const { train = 8000, validation = 200, test = 500 } = options;
  if (!Number.isInteger(lines) || lines < 2 || lines > letters.length)
    throw new RequestError(`findTheError: lines must be a whole number from 2 to ${letters.length}, not ${lines}.`);
  if (operations.length === 0 || operations.some((operation) => !Object.hasOwn(compute, operation)))
    throw new RequestError(`findTheError: operations must be some of + - *, not [${operations.join(', ')}].`);
  if (!Number.isInteger(largest) || largest < 9 || largest > 999)
    throw new RequestError(`findTheError: largest must be a whole number from 9 to 999, not ${largest}.`);
  if (!['worked', 'none'].includes(steps))
    throw new RequestError(`findTheError: steps must be 'worked' or 'none', not '${steps}'.`);
  const spec = { type: 'findTheError', lines, operations, largest, steps, train, validation, test };
  return defineTask({ name: 'find the error', spec, metrics: ['lossNats', 'exactMatch'] }, () => ({
    splits: distinctExamples(
      'findTheError',
      { train, validation, test },
      stream(0, 'find the error', lines, operations.join(''), largest),
      { draw: (random) => drawDerivation(random, { lines, operations, largest, steps }), formOf: withoutValues },
    ),
    cloze: [],
    minimalPairs: [],
  }));
}

/** What is computed, without what came of it and whatever the variables are called. */
export const withoutValues = (prompt: string): string =>
  renamed(prompt.replaceAll(/(= \w [-+*] \w) = [\d ]+ ;/g, '$1 ;'));

type Form = Required<Pick<FindTheErrorOptions, 'lines' | 'operations' | 'largest' | 'steps'>>;

function drawDerivation(random: Stream, form: Form): Example {
  const variables = random.shuffle([...letters]).slice(0, form.lines);
  const first = random.integer(10);
  const wrong = 1 + random.integer(form.lines - 1);
  const known: Operand[] = [{ source: variables[0], value: first }];
  const lines = [`let ${variables[0]} = ${first} ;`];
  const checked: string[] = [];
  for (const [i, name] of variables.entries()) {
    if (i === 0) continue;
    const expression = drawExpression(random, known, form);
    // 9 + 1 may be too much already: begin again.
    if (expression === null) return drawDerivation(random, form);
    const { source, worked, value } = expression;
    const stated = i === wrong ? another(random, value, form.largest) : value;
    lines.push(`let ${name} = ${source} = ${spell(stated)} ;`);
    if (i <= wrong) checked.push(`${name} = ${worked} = ${spell(value)} ;`);
    known.push({ source: name, value: stated });
  }
  const answer = variables[wrong];
  return {
    prompt: `${lines.join(' ')} error`,
    completion: form.steps === 'none' ? answer : `${checked.join(' ')} answer ${answer}`,
  };
}

/** Any value but this one, each equally likely. */
function another(random: Stream, value: number, largest: number): number {
  const drawn = random.integer(largest);
  return drawn < value ? drawn : drawn + 1;
}
