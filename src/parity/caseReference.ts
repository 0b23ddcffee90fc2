/** Which program a case's numbers come from: what its case.json says, else what made all cases of its kind. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CaseKind } from './caseResult.ts';
import type { FoundCase } from './findCases.ts';
import { readJson } from './runCase.ts';

/** As the READMEs of the cases say. */
const ofKind: { readonly [kind in CaseKind]: string } = {
  run: 'PEFT',
  model: 'transformers 5.23.0',
  quantization: 'bitsandbytes 0.50.2',
  optimizer: 'torch 2.13.0, transformers 5.23.0',
  tokenizer: 'tokenizers 0.23.3',
  statistics: 'scipy 1.17.1, statsmodels 0.15.0',
  metrics: 'sacrebleu 2.6.0, rouge-score 0.1.2, scikit-learn 1.9.1',
};

export function caseReference({ kind, path: folder }: FoundCase): string {
  const file = path.join(folder, 'case.json');
  const { reference, source } = existsSync(file) ? (readJson(file) as { reference?: unknown; source?: unknown }) : {};
  if (typeof reference === 'string') return reference;
  return typeof source === 'string' && source !== 'transformers' ? source : ofKind[kind];
}
