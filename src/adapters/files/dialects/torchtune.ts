/**
 * torchtune (torchtune/modules/peft, models/convert_weights.py): its own names, of the network and of the factors, in an
 * adapter_model.safetensors beside an adapter_config.json with `r` (or rank) and `lora_alpha` (or alpha).
 *
 *   layers.0.attn.q_proj.lora_a.weight [r, in], .lora_b.weight [out, r], DoRA's .magnitude [out];   s = alpha / rank.
 *
 * Its rotary embedding turns neighbouring numbers (2i, 2i + 1) of a head where Hugging Face's turns i and i + half, so that the rows
 * of B, and of the magnitude, at queries and keys stand in another order: row (head, i, j) there is row (head, j, i) here.
 *
 * Read: LoRA, and DoRA of maps without bias (torchtune scales the bias too), of decoders with the names of Llama. The order of rows is
 * known for Llama, Mistral and Gemma (turned) and Qwen (as it is); other networks are not read.
 */
import { z } from 'zod';
import { RequestError, Unsupported } from '../../../errors.ts';
import type { TensorFile } from '../stored.ts';
import { asIs, type StoredTensor, turned } from '../storedTensor.ts';
import { checkModules, type Dialect, type DialectBase, lowRankMethod, modulesWith, onNamed } from './dialect.ts';

const schema = z.looseObject({
  r: z.number().optional(),
  rank: z.number().optional(),
  lora_alpha: z.number().optional(),
  alpha: z.number().optional(),
  lora_dropout: z.number().default(0),
});

const ours: { readonly [theirs: string]: string } = {
  'attn.q_proj': 'self_attn.q_proj',
  'attn.k_proj': 'self_attn.k_proj',
  'attn.v_proj': 'self_attn.v_proj',
  'attn.output_proj': 'self_attn.o_proj',
  'mlp.w1': 'mlp.gate_proj',
  'mlp.w2': 'mlp.down_proj',
  'mlp.w3': 'mlp.up_proj',
};

/** layers.3.attn.q_proj -> model.layers.3.self_attn.q_proj; null for what has no counterpart. */
function ourName(theirs: string): string | null {
  if (theirs === 'output') return 'lm_head';
  const found = /^layers\.(?<layer>\d+)\.(?<module>.+)$/.exec(theirs);
  const module = found && ours[found.groups!.module!];
  return module ? `model.layers.${found.groups!.layer}.${module}` : null;
}

/** Whether a file holds tensors of this dialect. */
export const isTorchtune = (keys: readonly string[]): boolean => keys.some((key) => key.endsWith('.lora_a.weight'));

export function torchtune(json: unknown, configFile: string, source: TensorFile): Dialect {
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new RequestError(`${configFile}: ${z.prettifyError(parsed.error)}`);
  const { r, rank = r, lora_alpha: loraAlpha, alpha = loraAlpha, lora_dropout: dropout } = parsed.data;
  if (rank === undefined || alpha === undefined)
    throw new RequestError(
      `${configFile} lacks r and lora_alpha (rank and alpha), which torchtune's tensors do not say`,
    );
  return {
    name: 'torchtune',
    type: 'LORA',
    on(base) {
      const magnitudeEnding = [...source.shapes.keys()].some((key) => key.endsWith('.magnitude.weight'))
        ? '.magnitude.weight'
        : '.magnitude';
      const theirs = modulesWith(source, ['.lora_a.weight', '.lora_b.weight', magnitudeEnding]);
      const names = new Map(theirs.map((name) => [ourName(name) ?? name, name]));
      checkModules(
        [...names.keys()],
        base.sites.map(({ name }) => name),
        source.file,
      );
      const usesDora = [...source.shapes.keys()].some((key) => key.endsWith(magnitudeEnding));
      if (usesDora) refuseBiases(base, names, source.file);
      const method = lowRankMethod({ rank, scale: alpha / rank, dropout, usesDora });
      return onNamed([...names.keys()], method, base, ({ site, role, shape }) => {
        const prefix = names.get(site)!;
        if (role === 'down') return turned(`${prefix}.lora_a.weight`, shape);
        const heads = rotated(site, base);
        if (role === 'up') return rowsByHead(turned(`${prefix}.lora_b.weight`, shape), heads, base.headWidth);
        return rowsByHead(asIs(`${prefix}${magnitudeEnding}`, shape), heads, base.headWidth);
      });
    },
  };
}

function refuseBiases({ sites }: DialectBase, names: ReadonlyMap<string, string>, file: string): void {
  const biased = sites.find(({ name, hasBias }) => hasBias && names.has(name));
  if (biased)
    throw new Unsupported(`${file}: torchtune's DoRA scales the bias of ${biased.name} too, which is not read`);
}

/** Heads of a site whose rows stand in torchtune's order; 0 where they stand as here. */
function rotated(site: string, { modelClass, heads, keyValueHeads }: DialectBase): number {
  const isQuery = site.endsWith('.q_proj');
  if (!isQuery && !site.endsWith('.k_proj')) return 0;
  if (modelClass?.startsWith('Qwen')) return 0;
  if (modelClass !== null && !/^(Llama|Mistral|Gemma)/.test(modelClass))
    throw new Unsupported(`how torchtune orders the rows of queries and keys of a ${modelClass} is not known here`);
  return isQuery ? heads : keyValueHeads;
}

/** The file's rows (head, i, j), i below half a head and j of a pair, for ours (head, j, i). */
function rowsByHead(plain: StoredTensor, heads: number, headWidth: number): StoredTensor {
  if (heads === 0) return plain;
  const width = plain.shape.length > 1 ? plain.shape[1]! : 1;
  const half = headWidth / 2;
  const moved = (values: Float32Array, isToFile: boolean): Float32Array => {
    const result = new Float32Array(values.length);
    for (let head = 0; head < heads; head++)
      for (let i = 0; i < half; i++)
        for (let j = 0; j < 2; j++) {
          const there = head * headWidth + 2 * i + j;
          const here = head * headWidth + j * half + i;
          const [from, to] = isToFile ? [here, there] : [there, here];
          result.set(values.subarray(from * width, (from + 1) * width), to * width);
        }
    return result;
  };
  return {
    key: plain.key,
    shape: plain.shape,
    toFile: (values) => moved(plain.toFile(values), true),
    fromFile: (values) => plain.fromFile(moved(values, false)),
  };
}
