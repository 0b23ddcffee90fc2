/** The files beside the weights of a Hugging Face folder that say how text becomes tokens and how text is written. */
import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';

const names = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'tokenizer.model',
  'spiece.model',
  'sentencepiece.bpe.model',
  'vocab.json',
  'vocab.txt',
  'merges.txt',
  'chat_template.jinja',
  'generation_config.json',
];

/** Copies those that are there into a folder that is there; gives their names. */
export function copyTokenizerFiles(from: string, to: string): string[] {
  const there = names.filter((name) => existsSync(path.join(from, name)));
  for (const name of there) copyFileSync(path.join(from, name), path.join(to, name));
  return there;
}
