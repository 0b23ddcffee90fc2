/**
 * Python functions from what they should do: MBPP (Austin et al. 2021, arXiv:2108.07732), or the test problems of HumanEval (Chen et al.
 * 2021, arXiv:2107.03374). Code is text here: it is predicted and scored, not run.
 *
 *   mbpp        the prompt is the task in words, the completion the code, a line break between; the paper's splits by task number:
 *               601 to 974 train, 511 to 600 validation, 11 to 510 test (1 to 10, its prompts for few shots, are left out)
 *   humanEval   the prompt is the head of the function with its documentation, the completion its body; test alone
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { RequestError } from '../errors.ts';
import { checkNames } from '../optionNames.ts';
import { firstExamples } from './firstExamples.ts';
import { jsonLines } from './jsonLines.ts';
import { sharedFolder } from './shared.ts';
import { defineTask, type Example, type Split, splits, type Task } from './task.ts';

/** Functions in each split: the first so many; 'all' unless given. */
export type CodeOptions = { readonly [S in Split]?: number | 'all' } & {
  /** mbpp unless given. */
  readonly source?: 'mbpp' | 'humanEval';
};

/** First and last task number of each split. */
const mbppSplits: Readonly<Record<Split, readonly [number, number]>> = {
  train: [601, 974],
  validation: [511, 600],
  test: [11, 510],
};

/** Throws a RequestError, when its examples are first asked for, if a file is missing or has too few functions. */
export function code(options: CodeOptions = {}): Task {
  checkNames('code', options, [...splits, 'source']);
  const { source = 'mbpp', train = 'all', validation = 'all', test = 'all' } = options;
  if (!['mbpp', 'humanEval'].includes(source))
    throw new RequestError(`code: source must be 'mbpp' or 'humanEval', not '${source}'.`);
  const spec = { type: 'code', source, train, validation, test };
  const name = source === 'mbpp' ? 'MBPP' : 'HumanEval';
  return defineTask({ name, spec, metrics: ['lossNats', 'bitsPerByte'] }, () => {
    const all = source === 'mbpp' ? mbpp() : humanEval();
    const sizes = { train, validation, test };
    const made = splits.map((split) => [split, firstExamples('code', split, all[split], sizes[split])] as const);
    return { splits: Object.fromEntries(made) as Record<Split, readonly Example[]>, cloze: [], minimalPairs: [] };
  });
}

function mbpp(): Record<Split, Example[]> {
  const file = sharedFolder('data', 'code', 'mbpp.jsonl');
  const rows = jsonLines(file, readFileSync(file, 'utf8'), ['text', 'code']);
  const of = (split: Split): Example[] => {
    const [first, last] = mbppSplits[split];
    const chosen = rows.filter((row) => {
      const { task_id: number } = row as { readonly task_id?: unknown };
      return typeof number === 'number' && number >= first && number <= last;
    });
    return chosen.map(({ text, code: written }) => ({
      prompt: text.trim(),
      joint: '\n',
      completion: unixLines(written).trim(),
    }));
  };
  return { train: of('train'), validation: of('validation'), test: of('test') };
}

function humanEval(): Record<Split, Example[]> {
  const file = sharedFolder('data', 'code', 'HumanEval.jsonl.gz');
  const rows = jsonLines(file, gunzipSync(readFileSync(file)).toString('utf8'), ['prompt', 'canonical_solution']);
  const test = rows.map(({ prompt, canonical_solution: body }) => ({
    prompt: unixLines(prompt).trimEnd(),
    joint: '\n',
    completion: unixLines(body).trimEnd(),
  }));
  return { train: [], validation: [], test };
}

const unixLines = (text: string): string => text.replaceAll('\r\n', '\n');
