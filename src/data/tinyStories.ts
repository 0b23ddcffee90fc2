/**
 * TinyStories (Eldan, Li 2023), a part of its validation set as plain text: what a model pretrained on such stories may forget.
 *
 * The file has no mark between stories, only blank lines between paragraphs. A story starts at a paragraph that begins with
 * "Once …", or with "One day" and somebody new; what comes before the first start is left out. A piece under 300 characters is
 * a fragment, and one over 1,500 is several stories whose borders have no mark: both are left out.
 */
import { readFileSync } from 'node:fs';
import { RequestError } from '../errors.ts';
import { checkNames } from '../optionNames.ts';
import { sharedFolder } from './shared.ts';
import { defineTask, type Example, type Metric, type Task } from './task.ts';
import { zorroPairs } from './zorro.ts';

const start = /^(Once |One day,? (there (was|were|lived)|(an?|two) [^.]*\b(named|called)\b))/;

/** Of fewer pairs, one moves the share of a paradigm by more than five points. */
const fewestOfParadigm = 20;

/** Stories in each split, taken in the file's order: validation first, then test, then train. */
export interface TinyStoriesOptions {
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
  /** Minimal pairs of each of Zorro's 23 paradigms, for grammarAccuracy, from 20 on also paradigm by paradigm; none unless given. */
  readonly minimalPairs?: number;
}

/** Throws a RequestError, when its examples are first asked for, if the file is missing or has too few stories. */
export function tinyStories(options: TinyStoriesOptions = {}): Task {
  checkNames('tinyStories', options, ['train', 'validation', 'test', 'minimalPairs']);
  const { train = 0, validation = 100, test = 200, minimalPairs = 0 } = options;
  if (!Number.isInteger(minimalPairs) || minimalPairs < 0)
    throw new RequestError(
      `tinyStories: minimalPairs must be a whole number of pairs of each paradigm, not ${minimalPairs}.`,
    );
  const spec = { type: 'tinyStories', train, validation, test, ...(minimalPairs > 0 && { minimalPairs }) };
  const losses: readonly Metric[] = ['lossNats', 'bitsPerByte'];
  const metrics: readonly Metric[] = [
    ...losses,
    ...(minimalPairs > 0 ? (['grammarAccuracy'] as const) : []),
    ...(minimalPairs >= fewestOfParadigm ? (['grammarAccuracyByParadigm'] as const) : []),
  ];
  return defineTask({ name: 'TinyStories', spec, metrics }, () => {
    const file = sharedFolder('data', 'tinystories-val', 'tinystories_val.txt');
    const stories = splitStories(readFileSync(file, 'utf8'));
    const asked = validation + test + train;
    if (![train, validation, test].every((n) => Number.isInteger(n) && n >= 0) || asked > stories.length) {
      throw new RequestError(
        `tinyStories: train, validation and test must be whole numbers with a sum up to ${stories.length}, the stories in ${file}; ` +
          `asked for ${train}, ${validation} and ${test}.`,
      );
    }
    const examples = stories.map((completion): Example => ({ prompt: '', completion }));
    return {
      splits: {
        validation: examples.slice(0, validation),
        test: examples.slice(validation, validation + test),
        train: examples.slice(validation + test, asked),
      },
      cloze: [],
      minimalPairs: minimalPairs > 0 ? zorroPairs(minimalPairs) : [],
    };
  });
}

/** The stories of a text whose paragraphs are separated by blank lines, as the header says. */
export function splitStories(text: string): string[] {
  const stories: string[][] = [];
  for (const paragraph of text.split(/\n\s*\n/).map((p) => p.trim())) {
    if (start.test(paragraph)) stories.push([paragraph]);
    else if (paragraph !== '' && stories.length > 0) stories[stories.length - 1].push(paragraph);
  }
  return stories.map((paragraphs) => paragraphs.join('\n\n')).filter(({ length }) => length >= 300 && length <= 1500);
}
