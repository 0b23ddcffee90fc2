import type { Stream } from '../../tensor/random.ts';
import type { Example } from '../task.ts';
import { letters } from './lexicon.ts';
import { spell } from './sums.ts';

export type Operation = '+' | '-' | '*';
export type ProgramSteps = 'worked' | 'values' | 'none';

export interface ProgramForm {
  readonly statements: number;
  readonly operations: readonly Operation[];
  readonly largest: number;
  readonly steps: ProgramSteps;
}

export const compute: Readonly<Record<Operation, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
};

/** What an expression or variable is called in the source, and what it is worth. */
export interface Operand {
  readonly source: string;
  readonly value: number;
}

export interface Expression extends Operand {
  /** The expression with the values of its operands. */
  readonly worked: string;
}

/** One program with its trace, in the form that programs.ts shows. */
export function drawProgram(random: Stream, form: ProgramForm): Example {
  const names = random.shuffle([...letters]).slice(0, form.statements);
  const variables: Operand[] = [{ source: names[0], value: random.integer(10) }];
  const lines = [`let ${names[0]} = ${variables[0].value} ;`];
  const trace = [`${names[0]} = ${variables[0].value} ;`];
  for (const name of names.slice(1)) {
    const expression = drawExpression(random, variables, form);
    // 9 + 1 may be too much already: begin again.
    if (expression === null) return drawProgram(random, form);
    const { source, worked, value } = expression;
    lines.push(`let ${name} = ${source} ;`);
    trace.push(form.steps === 'worked' ? `${name} = ${worked} = ${spell(value)} ;` : `${name} = ${spell(value)} ;`);
    variables.push({ source: name, value });
  }
  const printed = variables[1 + random.integer(form.statements - 1)];
  const answer = spell(printed.value);
  return {
    prompt: `${lines.join(' ')} print ${printed.source}`,
    completion: form.steps === 'none' ? answer : `${trace.join(' ')} answer ${answer}`,
  };
}

/**
 * A variable with another variable or a digit from 1 to 9, in either order; null if none with an allowed value was found. (With
 * variables and themselves, or zeros, a third of all programs would print 0.)
 */
export function drawExpression(
  random: Stream,
  variables: readonly Operand[],
  form: Pick<ProgramForm, 'operations' | 'largest'>,
): Expression | null {
  for (let tries = 0; tries < 100; tries++) {
    const operation = form.operations[random.integer(form.operations.length)];
    const variable = variables[random.integer(variables.length)];
    const partner = random.integer(2) === 0 ? variables[random.integer(variables.length)] : drawDigit(random);
    if (partner === variable) continue;
    const [left, right] = random.integer(2) === 0 ? [variable, partner] : [partner, variable];
    const value = compute[operation](left.value, right.value);
    if (value < 0 || value > form.largest) continue;
    return {
      source: `${left.source} ${operation} ${right.source}`,
      worked: `${spell(left.value)} ${operation} ${spell(right.value)}`,
      value,
    };
  }
  return null;
}

function drawDigit(random: Stream): Operand {
  const value = 1 + random.integer(9);
  return { source: String(value), value };
}
