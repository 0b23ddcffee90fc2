/** What ends a text: the tokenizer's end, and what config.json and generation_config.json name beside it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { readJsonObject } from '../checkpoint/jsonObject.ts';
import type { LanguageModel } from './ownModel.ts';

export function stopTokens({ checkpoint, tokenizer }: Pick<LanguageModel, 'checkpoint' | 'tokenizer'>): number[] {
  const file = path.join(checkpoint.folder, 'generation_config.json');
  const configurations: { readonly eos_token_id?: unknown }[] = [
    checkpoint.config,
    existsSync(file) ? readJsonObject(file).value : {},
  ];
  const named = configurations.flatMap(({ eos_token_id: id }) => [id].flat());
  return [...new Set([tokenizer.eos, ...named])].filter((id): id is number => typeof id === 'number');
}
