/**
 * loralib (microsoft/LoRA, loralib/layers.py): a state dict of lora_A and lora_B under the network's own names, as safetensors in
 * adapter_model.safetensors, beside an adapter_config.json { "library": "loralib", "r", "lora_alpha", "lora_dropout", "enable_lora" }.
 *
 *   Linear      lora_A [r, in], lora_B [out, r];   s = lora_alpha / r
 *   Embedding   lora_A [r, vocabulary], lora_B [width, r]
 *   MergedLinear (enable_lora [true, false, true] of n equal parts): lora_A [r·E, in] and lora_B [out/n·E, r], E = enabled parts, the
 *               j-th enabled part having the j-th r rows of A and the j-th out/n rows of B
 *   biases      of lora_state_dict(bias='all' | 'lora_only'), under their own names
 *
 * Not read: convolutions (their factors are those of a matrix [out·k, in·k], not of a kernel).
 */
import { z } from 'zod';
import { RequestError, Unsupported } from '../../../errors.ts';
import { methodOf } from '../../compose.ts';
import type { MethodFor } from '../../placement.ts';
import { dense } from '../../update/dense.ts';
import type { TensorFile } from '../stored.ts';
import { asIs, type StoredTensor, turned } from '../storedTensor.ts';
import { chosenPlaces, trainedTensors, type TrainedTensor, type WantedTensor } from '../wanted.ts';
import { checkModules, type Dialect, type DialectBase, lowRankMethod, modulesWith } from './dialect.ts';

const schema = z.looseObject({
  r: z.number(),
  lora_alpha: z.number().default(1),
  lora_dropout: z.number().default(0),
  enable_lora: z.array(z.boolean()).nullish(),
});

/** Whether a configuration says so, or there is none and a file holds nothing but such tensors. */
export const isLoralib = (json: Readonly<Record<string, unknown>> | null, keys: readonly string[]): boolean =>
  json?.library === 'loralib' ||
  (!json?.peft_type && keys.length > 0 && keys.every((key) => /\.lora_[AB]$|\.bias$/.test(key)));

export function loralib(json: unknown, configFile: string, source: TensorFile): Dialect {
  const parsed = schema.safeParse(json ?? {});
  if (!parsed.success)
    throw new RequestError(
      `${configFile}: ${z.prettifyError(parsed.error)}\n(loralib's tensors do not say r and lora_alpha: write { "library": "loralib", "r": …, "lora_alpha": … })`,
    );
  const { r: rank, lora_alpha: alpha, lora_dropout: dropout, enable_lora: enabled } = parsed.data;
  return {
    name: 'loralib',
    type: 'LORA',
    on(base) {
      const modules = modulesWith(source, ['.lora_A', '.lora_B']);
      checkModules(
        modules,
        base.sites.map(({ name }) => name),
        source.file,
      );
      const biases = new Set([...source.shapes.keys()].filter((key) => key.endsWith('.bias')));
      const parts = new Map(modules.flatMap((name) => enabledParts(name, enabled ?? [], base, source)));
      const low = lowRankMethod({ rank, scale: alpha / rank, dropout, usesDora: false });
      const whole = methodOf({ update: dense() });
      const isMerged = new Set([...parts.values()].map(({ of }) => of));
      const methodFor: MethodFor = (name) => {
        if (biases.has(name)) return whole;
        return parts.has(name) || (modules.includes(name) && !isMerged.has(name)) ? low : null;
      };
      const wanted = trainedTensors(chosenPlaces(base.sites, methodFor)).map((tensor): WantedTensor => {
        const part = parts.get(tensor.site);
        return { ...tensor, stored: part ? slice(tensor, part) : plain(tensor) };
      });
      return { methodFor, wanted };
    },
  };
}

/** A part's place among the enabled ones of its projection. */
interface EnabledPart {
  readonly of: string;
  readonly index: number;
  readonly count: number;
}

/** By the names of the parts; none where the module is adapted whole. */
function enabledParts(
  name: string,
  enabled: readonly boolean[],
  { sites }: DialectBase,
  { file }: TensorFile,
): [string, EnabledPart][] {
  if (enabled.length === 0) return [];
  const { parts = {}, shape } = sites.find((site) => site.name === name)!;
  const ranges = Object.entries(parts);
  const isEqual = ranges.every(
    ([, [from, to]], i) => from === i * (to - from) && to - from === shape[1] / ranges.length,
  );
  if (ranges.length !== enabled.length || !isEqual)
    throw new Unsupported(
      `${file}: enable_lora says ${enabled.length} equal parts of ${name}, which here has ${ranges.length === 0 ? 'none' : ranges.map(([part]) => part).join(', ')}`,
    );
  const own = ranges.filter((_, i) => enabled[i]).map(([part]) => `${name}:${part}`);
  return own.map((part, index) => [part, { of: name, index, count: own.length }]);
}

function plain({ site, role, shape }: TrainedTensor): StoredTensor {
  if (role === 'down') return turned(`${site}.lora_A`, shape);
  return role === 'up' ? turned(`${site}.lora_B`, shape) : asIs(site, shape);
}

/** The rows of a merged tensor that are a part's: both A and B have one part after the other. Read only. */
function slice(tensor: TrainedTensor, { of, index, count }: EnabledPart): StoredTensor {
  const { key, shape, fromFile } = plain({ ...tensor, site: of });
  const size = shape.reduce((a, b) => a * b, 1);
  return {
    key,
    shape: [shape[0]! * count, ...shape.slice(1)],
    fromFile: (values) => fromFile(values.subarray(index * size, (index + 1) * size)),
    toFile() {
      throw new Error(`${key} holds ${count} parts, and is read only`);
    },
  };
}
