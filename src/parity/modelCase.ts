/**
 * A tiny checkpoint with the outputs that a float32 reader must compute from it: a folder with config.json, expected.safetensors and a
 * case.json that has `task` but no `train`. lora_step.safetensors holds a LoRA with the loss, the logits and the gradients that it has.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { openCheckpoint } from '../checkpoint/folder.ts';
import { readJsonObject } from '../checkpoint/jsonObject.ts';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import { inContext, RequestError } from '../errors.ts';
import { architectureOf, families, modelTypes } from '../families/index.ts';
import { type Base, loadBase } from '../train/base.ts';
import type { LaneBatch, LaneImages } from '../train/laneBatch.ts';
import { createModel } from '../train/model.ts';
import type { Deviation } from './caseResult.ts';
import type { Kind } from './kind.ts';
import { compareLoraStep } from './loraStep.ts';
import { compareOutputs } from './modelOutputs.ts';
import { recordedInputs } from './recordedInputs.ts';
import { parsed, withSafetensors } from './runCase.ts';

export const modelCase: Kind = {
  kind: 'model',
  find(folder) {
    const isModel = folder.holds('case.json', 'task');
    const isRun = folder.holds('case.json', 'train') === true;
    const seems = isModel === 'unreadable' ? folder.has('expected.safetensors') : isModel && !isRun;
    return seems && folder.has('config.json') ? [folder.path] : [];
  },
  knownTypes: Object.keys(families),
  types(folder) {
    return modelTypes(readJsonObject(path.join(folder, 'config.json')).value);
  },
  check: (folder) => ({ deviations: compareModel(folder) }),
};

const stepFile = 'lora_step.safetensors';

const schema: z.ZodType<ModelCase> = z.looseObject({
  task: z.string(),
  lora: z
    .looseObject({
      r: z.int().positive(),
      alpha: z.number().positive(),
      gradient_error: z.number().default(0),
      logits_error: z.number().default(0),
    })
    .optional(),
});

interface ModelCase {
  task: string;
  lora?: RecordedLora;
}

/** How the LoRA step was made, and how far float32 is from float64 there. */
export interface RecordedLora {
  r: number;
  alpha: number;
  gradient_error: number;
  logits_error: number;
}

/** Throws Unsupported for a family or a task that is not there. */
export function compareModel(folder: string): { [what: string]: Deviation } {
  const file = path.join(folder, 'case.json');
  const recorded = parsed(schema, file);
  if (!recorded.lora && existsSync(path.join(folder, stepFile)))
    throw new RequestError(`${file}: no lora, which says the rank and alpha of ${stepFile} beside it`);
  inContext(`${folder}: `, () => architectureOf(readJsonObject(path.join(folder, 'config.json')).value));
  const checkpoint = openCheckpoint(folder);
  try {
    const base = loadBase(checkpoint);
    try {
      return withSafetensors(path.join(folder, 'expected.safetensors'), (expected) =>
        compareOn(base, folder, expected, recorded),
      );
    } finally {
      base.dispose();
    }
  } finally {
    checkpoint.close();
  }
}

function compareOn(
  base: Base,
  folder: string,
  expected: SafetensorsFile,
  { lora }: ModelCase,
): { [what: string]: Deviation } {
  const inputs = recordedInputs(expected, 1, base.architecture);
  const given: LaneBatch | LaneImages = inputs.rows(0, inputs.shape[0]!);
  const model = createModel(base, { seeds: [0], methodFor: () => null });
  const deviations = compareOutputs(model, given, expected);
  model.dispose();
  if (!lora) return deviations;
  const step = path.join(folder, stepFile);
  return { ...deviations, ...withSafetensors(step, (opened) => compareLoraStep(base, given, opened, lora)) };
}
