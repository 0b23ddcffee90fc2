/**
 * The tokenizer of mteval-v13a, the NIST script for machine translation, as sacrebleu (Post 2018) has it: punctuation and symbols
 * stand alone, full stops and commas where no digit is on one side of them, hyphens after a digit. Apostrophes stay in words.
 */
import { wordsOf } from './words.ts';

const entities: readonly (readonly [string, string])[] = [
  ['&quot;', '"'],
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
];

export function tokenize13a(text: string): string[] {
  const joined = text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
  const plain = entities.reduce((line, [entity, character]) => line.replaceAll(entity, character), joined);
  const apart = ` ${plain} `
    .replace(/[{-~[-` -&(-+:-@/]/gu, ' $& ')
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])(-)/gu, '$1 $2 ');
  return wordsOf(apart);
}
