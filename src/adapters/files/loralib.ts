/** Adapters of loralib's MergedLinear: its description, and the names of its state dict, [out, in] as torch has everything. */
import { z } from 'zod';
import { Unsupported } from '../../errors.ts';
import type { Targets } from '../targets.ts';
import type { Recipe } from '../types.ts';
import { mergedLinear } from '../update/mergedLinear.ts';
import { turned } from './storedTensor.ts';
import type { TensorNames } from './tensorNames.ts';
import { parsed } from './types/peftType.ts';

const schema = z.looseObject({
  library: z.string(),
  r: z.number(),
  lora_alpha: z.number().default(1),
  target_modules: z.array(z.string()),
  enable_lora: z.array(z.boolean()).default([true]),
});

/** Whether a configuration is another library's than PEFT's. */
export const isLoralib = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'library' in json && !('peft_type' in json);

/** Throws Unsupported for a library that is not loralib, a RequestError for what is no such description. */
export function readLoralib(json: unknown, file: string): { recipe: Recipe; targets: Targets } {
  const {
    library,
    r: rank,
    lora_alpha: alpha,
    enable_lora: enabled,
    target_modules: targets,
  } = parsed(schema, json, file);
  if (library !== 'loralib')
    throw new Unsupported(`adapters of ${library} are not read yet, only those of PEFT and loralib`);
  return { recipe: { update: mergedLinear({ rank, alpha, enabled }) }, targets: { targets } };
}

export const loralibNames: TensorNames = {
  of(site, role, shape) {
    const letter = role === 'down' ? 'A' : role === 'up' ? 'B' : null;
    return letter && turned(`${site}.lora_${letter}`, shape);
  },
  isFrozen: () => false,
  tensorOf: () => null,
};
