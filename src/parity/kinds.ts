/** The kinds of reference cases, one line each. */
import type { CaseKind } from './caseResult.ts';
import type { Kind } from './kind.ts';
import { metricsCase } from './metricsCase.ts';
import { modelCase } from './modelCase.ts';
import { optimizerCase } from './optimizerCase.ts';
import { quantizationCase } from './quantizationCase.ts';
import { runKind } from './runKind.ts';
import { statisticsCase } from './statisticsCase.ts';
import { tokenizerCase } from './tokenizerCase.ts';

export const kinds: Readonly<Record<CaseKind, Kind>> = {
  run: runKind,
  model: modelCase,
  optimizer: optimizerCase,
  tokenizer: tokenizerCase,
  quantization: quantizationCase,
  statistics: statisticsCase,
  metrics: metricsCase,
};
