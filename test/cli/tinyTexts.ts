/** A tiny model folder and texts in its words, for tests of the verbs that work on one's own. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { smallWorldSentences } from '../../src/data/smallWorld/sentences.ts';
import { writeTinyBase } from '../experiment/tinyBase.ts';

export interface TinyTexts {
  readonly model: string;
  /** Sentences, a line each. */
  readonly text: string;
  /** The same as prompts and completions. */
  readonly pairs: string;
}

export function writeTinyTexts(folder: string): TinyTexts {
  const sentences = smallWorldSentences({ train: 40, validation: 1, test: 1 })
    .split('train')
    .map(({ completion }) => completion);
  const [text, pairs] = [path.join(folder, 'texts.txt'), path.join(folder, 'pairs.jsonl')];
  writeFileSync(text, sentences.join(' '));
  const pair = (sentence: string): string => {
    const [first, ...rest] = sentence.split(' ');
    return JSON.stringify({ prompt: first, completion: rest.join(' ') });
  };
  writeFileSync(pairs, sentences.map(pair).join('\n'));
  return { model: writeTinyBase(path.join(folder, 'base')), text, pairs };
}
