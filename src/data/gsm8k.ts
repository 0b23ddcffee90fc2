/**
 * GSM8K (Cobbe et al. 2021, arXiv:2110.14168): school problems in words. The prompt is the question, the completion the worked answer as
 * published, with its <<calculations>> and the final "#### number"; a line break stands between.
 *
 * The official training problems are shuffled once; 473 of them are for validation, whatever the sizes asked for. The test problems are
 * the official ones, in their order.
 */
import { readFileSync } from 'node:fs';
import { checkNames } from '../optionNames.ts';
import { stream } from '../tensor/random.ts';
import { firstExamples } from './firstExamples.ts';
import { jsonLines } from './jsonLines.ts';
import { sharedFolder } from './shared.ts';
import { defineTask, type Example, type Split, splits, type Task } from './task.ts';

/** Problems in each split: the first so many; 'all' unless given. */
export type Gsm8kOptions = { readonly [S in Split]?: number | 'all' };

const heldOut = 473;

/** Throws a RequestError, when its examples are first asked for, if a file is missing or has too few problems. */
export function gsm8k(options: Gsm8kOptions = {}): Task {
  checkNames('gsm8k', options, splits);
  const { train = 'all', validation = 'all', test = 'all' } = options;
  const spec = { type: 'gsm8k', train, validation, test };
  return defineTask({ name: 'GSM8K', spec, metrics: ['lossNats', 'bitsPerByte'] }, () => {
    const official = stream(0, 'gsm8k').shuffle(read('train.jsonl'));
    return {
      splits: {
        validation: firstExamples('gsm8k', 'validation', official.slice(0, heldOut), validation),
        train: firstExamples('gsm8k', 'train', official.slice(heldOut), train),
        test: firstExamples('gsm8k', 'test', read('test.jsonl'), test),
      },
      cloze: [],
      minimalPairs: [],
    };
  });
}

function read(name: string): Example[] {
  const file = sharedFolder('data', 'gsm8k', name);
  return jsonLines(file, readFileSync(file, 'utf8'), ['question', 'answer']).map(({ question, answer }) => ({
    prompt: question.trim(),
    joint: '\n',
    completion: answer.trim(),
  }));
}
