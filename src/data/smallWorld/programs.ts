/**
 * A target domain: what does this straight-line program print? Every digit is a token.
 *
 *   prompt                 let p = 3 ; let q = p + 4 ; let r = q - p ; print r
 *   completion, 'worked'   p = 3 ; q = 3 + 4 = 7 ; r = 7 - 3 = 4 ; answer 4
 *               'values'   p = 3 ; q = 7 ; r = 4 ; answer 4
 *               'none'     4
 *
 * Every statement but the first uses at least one variable set before; no value is negative or over `largest`.
 */
import { RequestError } from '../../errors.ts';
import { stream } from '../../tensor/random.ts';
import { checkNames } from '../../optionNames.ts';
import { defineTask, type Task } from '../task.ts';
import { distinctExamples } from './distinct.ts';
import { letters } from './lexicon.ts';
import { compute, drawProgram, type Operation, type ProgramSteps } from './straightLineProgram.ts';

export interface ProgramsOptions {
  /** Variables set before the print: 2 to 8. */
  readonly statements?: number;
  readonly operations?: readonly Operation[];
  /** The largest value of a variable: 9 to 999. */
  readonly largest?: number;
  readonly steps?: ProgramSteps;
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
}

const names = ['statements', 'operations', 'largest', 'steps', 'train', 'validation', 'test'];

/** Throws a RequestError for options that cannot be. */
export function programs(options: ProgramsOptions = {}): Task {
  checkNames('programs', options, names);
  const { statements = 3, operations = ['+', '-'], largest = 9, steps = 'worked' } = options;
  const { train = 8000, validation = 200, test = 500 } = options;
  if (!Number.isInteger(statements) || statements < 2 || statements > letters.length) {
    throw new RequestError(
      `programs: statements must be a whole number from 2 to ${letters.length}, not ${statements}.`,
    );
  }
  if (operations.length === 0 || operations.some((operation) => !Object.hasOwn(compute, operation))) {
    throw new RequestError(`programs: operations must be some of + - *, not [${operations.join(', ')}].`);
  }
  if (!Number.isInteger(largest) || largest < 9 || largest > 999) {
    throw new RequestError(`programs: largest must be a whole number from 9 to 999, not ${largest}.`);
  }
  if (!['worked', 'values', 'none'].includes(steps)) {
    throw new RequestError(`programs: steps must be 'worked', 'values' or 'none', not '${steps}'.`);
  }
  const spec = { type: 'programs', statements, operations, largest, steps, train, validation, test };
  return defineTask({ name: 'programs', spec, metrics: ['lossNats', 'exactMatch'] }, () => ({
    splits: distinctExamples(
      'programs',
      { train, validation, test },
      stream(0, 'programs', statements, operations.join(''), largest),
      { draw: (random) => drawProgram(random, { statements, operations, largest, steps }), formOf: renamed },
    ),
    cloze: [],
    minimalPairs: [],
  }));
}

/** The prompt with its variables called by the order in which they come: what they are called changes nothing. */
export function renamed(prompt: string): string {
  const names: string[] = [];
  return prompt
    .split(' ')
    .map((word) => {
      if (!letters.includes(word)) return word;
      if (!names.includes(word)) names.push(word);
      return `v${names.indexOf(word)}`;
    })
    .join(' ');
}
