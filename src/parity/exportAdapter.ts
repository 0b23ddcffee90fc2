/**
 * Writes what a replayed run has trained as a PEFT folder, or a model folder where whole tensors were trained, and beside it
 * check.json: what oracle/check_adapter.py must be told to compare it with the recorded logits in PEFT itself (.ci/checkExports.py).
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { writeWhole } from '../atomicFile.ts';
import { RequestError } from '../errors.ts';
import type { Model } from '../train/model.ts';
import { type SavedAdapter, saveAdapter } from '../train/saveAdapter.ts';
import { readJson, type RunCase } from './runCase.ts';

/** The arguments of check_adapter.py; folders and files are absolute. */
export interface ExportCheck {
  readonly base: string;
  /** "-" for a model folder, which is its own base. */
  readonly adapter: string;
  readonly expected: string;
  readonly key: string;
  readonly tolerance: number;
  readonly quantize: { readonly type: string; readonly blockSize: number; readonly doubleQuant: boolean } | null;
}

/** `folder`: of the case; its export goes to `into`/<name>. Throws a RequestError where another case of that name already is. */
export function exportAdapter(
  model: Model,
  folder: string,
  run: RunCase,
  { into, steps }: { readonly into: string; readonly steps: number },
): SavedAdapter {
  const name = path.basename(path.resolve(folder));
  const target = path.resolve(into, name);
  const checkFile = path.join(target, 'check.json');
  const expected = path.resolve(folder, 'expected.safetensors');
  if (existsSync(checkFile) && (readJson(checkFile) as ExportCheck).expected !== expected)
    throw new RequestError(`${target} holds the export of another case of that name; export them to different folders`);
  const base = path.resolve(folder, run.base);
  const { optimizer, learningRate, weightDecay, schedule, loraPlusRatio } = run.train;
  const saved = saveAdapter(model, 0, target, {
    base,
    steps,
    training: { optimizer, learningRate, weightDecay, schedule, ...(loraPlusRatio ? { loraPlusRatio } : {}) },
  });
  const isModel = saved.format === 'model';
  const check: ExportCheck = {
    base: isModel ? target : base,
    adapter: isModel ? '-' : target,
    expected,
    key: 'logits_final',
    tolerance: run.tolerance.logitsFinal,
    quantize: run.quantization && {
      type: run.quantization.type,
      blockSize: run.quantization.blockSize,
      doubleQuant: run.quantization.doubleQuant,
    },
  };
  writeWhole(checkFile, `${JSON.stringify(check, null, 2)}\n`);
  return saved;
}
