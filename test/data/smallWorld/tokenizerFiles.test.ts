import { Tokenizer } from '@huggingface/tokenizers';
import { expect, it } from 'vitest';
import { programs } from '../../../src/data/smallWorld/programs.ts';
import { smallWorldSentences } from '../../../src/data/smallWorld/sentences.ts';
import { sums } from '../../../src/data/smallWorld/sums.ts';
import { specialTokens, tokenizerFiles, vocabularySize } from '../../../src/data/smallWorld/tokenizerFiles.ts';
import { vocabulary } from '../../../src/data/smallWorld/vocabulary.ts';

const files = JSON.parse(JSON.stringify(tokenizerFiles())) as Record<string, object>;
const tokenizer = new Tokenizer(files['tokenizer.json'], files['tokenizer_config.json']);
const idOf = (token: string): number => tokenizer.token_to_id(token)!;

it('the library reads the files; ids are those of the vocabulary', () => {
  expect(Object.values(specialTokens).map(idOf)).toEqual([0, 1, 2, 3]);
  expect(vocabulary.map(idOf)).toEqual(vocabulary.map((_, i) => i + 4));
  expect(vocabularySize).toBe(288);
});

it('bos is put in front, and only where special tokens are wanted', () => {
  expect(tokenizer.encode('the fox').ids).toEqual([idOf('<s>'), idOf('the'), idOf('fox')]);
  expect(tokenizer.encode('the fox', { add_special_tokens: false }).ids).toEqual([idOf('the'), idOf('fox')]);
});

it('every text of every task comes back as it was, a token a word, none unknown', () => {
  const few = { train: 300, validation: 0, test: 0 };
  const tasks = [
    smallWorldSentences(few),
    ...(['carry', 'digit', 'none'] as const).map((steps) => sums({ ...few, steps })),
    programs({ ...few, operations: ['+', '-', '*'], largest: 99, statements: 6 }),
  ];
  for (const { prompt, completion } of tasks.flatMap((task) => task.split('train'))) {
    const text = `${prompt} ${completion}`.trim();
    const { ids } = tokenizer.encode(text, { add_special_tokens: false });
    expect(ids).toHaveLength(text.split(' ').length);
    expect(ids).not.toContain(idOf('<unk>'));
    expect(tokenizer.decode(ids)).toBe(text);
  }
});

it('a word that is not in the vocabulary is unknown', () => {
  expect(tokenizer.encode('the zebra', { add_special_tokens: false }).ids).toEqual([idOf('the'), idOf('<unk>')]);
});
