/**
 * loralib (microsoft/LoRA, loralib/layers.py): a state dict of lora_A and lora_B under the network's own names, as safetensors in
 * adapter_model.safetensors, beside an adapter_config.json { "library": "loralib", "r", "lora_alpha", "lora_dropout", "enable_lora" }.
 *
 *   Linear        lora_A [r, in], lora_B [out, r];   s = lora_alpha / r
 *   Embedding     lora_A [r, vocabulary], lora_B [width, r]
 *   MergedLinear  (enable_lora [true, false, true] of n equal blocks of outputs): update/mergedLinear.ts, turned
 *   biases        of lora_state_dict(bias='all' | 'lora_only'), under their own names
 *
 * Not read: convolutions (their factors are those of a matrix [out·k, in·k], not of a kernel).
 */
import { z } from 'zod';
import { RequestError, Unsupported } from '../../../errors.ts';
import { methodOf } from '../../compose.ts';
import type { MethodFor } from '../../placement.ts';
import type { Targets } from '../../targets.ts';
import type { Recipe } from '../../types.ts';
import { dense } from '../../update/dense.ts';
import { lowRank } from '../../update/lowRank.ts';
import { mergedLinear } from '../../update/mergedLinear.ts';
import type { TensorFile } from '../stored.ts';
import { asIs, turned } from '../storedTensor.ts';
import type { TensorNames } from '../tensorNames.ts';
import { chosenPlaces, trainedTensors, type WantedTensor } from '../wanted.ts';
import { checkModules, type Dialect, modulesWith } from './dialect.ts';

const schema = z.looseObject({
  library: z.string().default('loralib'),
  r: z.number(),
  lora_alpha: z.number().default(1),
  lora_dropout: z.number().default(0),
  target_modules: z.array(z.string()).default([]),
  enable_lora: z.array(z.boolean()).nullish(),
});

/** Whether a configuration is another library's than PEFT's. */
export const isLoralib = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'library' in json && !('peft_type' in json);

/** Whether a file holds nothing but what loralib writes. */
export const holdsLoralib = (keys: readonly string[]): boolean =>
  keys.some((key) => key.endsWith('.lora_A')) && keys.every((key) => /\.lora_[AB]$|\.bias$/.test(key));

/** Throws Unsupported for a library that is not loralib, a RequestError for what is no such description. */
export function readLoralib(json: unknown, file: string): { recipe: Recipe; targets: Targets } {
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new RequestError(
      `${file}: ${z.prettifyError(parsed.error)}\n(loralib's tensors do not say r and lora_alpha: write { "library": "loralib", "r": …, "lora_alpha": … })`,
    );
  const { library, r: rank, lora_alpha: alpha, lora_dropout: dropout, enable_lora: enabled } = parsed.data;
  if (library !== 'loralib')
    throw new Unsupported(
      `${file}: adapters of ${library} are not read, only those of PEFT, loralib, mlx-lm, torchtune`,
    );
  const isMerged = enabled && (enabled.length > 1 || enabled[0] === false);
  const update = isMerged ? mergedLinear({ rank, alpha, enabled }) : lowRank({ rank, alpha });
  return { recipe: { update, dropout }, targets: { targets: parsed.data.target_modules } };
}

export const loralibNames: TensorNames = {
  of(site, role, shape) {
    if (role === 'bias') return asIs(site, shape);
    const letter = role === 'down' ? 'A' : role === 'up' ? 'B' : null;
    return letter && turned(`${site}.lora_${letter}`, shape);
  },
  isFrozen: () => false,
  tensorOf: () => null,
};

export function loralib(json: unknown, configFile: string, source: TensorFile): Dialect {
  const { recipe } = readLoralib(json, configFile);
  const method = methodOf(recipe);
  const whole = methodOf({ update: dense() });
  return {
    name: 'loralib',
    type: 'LORA',
    on({ sites }) {
      const modules = modulesWith(source, ['.lora_A', '.lora_B']);
      checkModules(
        modules,
        sites.map(({ name }) => name),
        source.file,
      );
      const methodFor: MethodFor = (name) => {
        if (modules.includes(name)) return method;
        return name.endsWith('.bias') && source.shapes.has(name) ? whole : null;
      };
      const wanted = trainedTensors(chosenPlaces(sites, methodFor)).map((tensor): WantedTensor => {
        const stored = loralibNames.of(tensor.site, tensor.role, tensor.shape);
        if (!stored) throw new Error(`loralib has no name for the role '${tensor.role}' of ${tensor.site}`);
        return { ...tensor, stored };
      });
      return { methodFor, wanted };
    },
  };
}
