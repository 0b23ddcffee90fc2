/**
 * mlx-lm (mlx_lm/tuner/lora.py, dora.py): adapters.safetensors beside an adapter_config.json with `lora_parameters`.
 *
 *   lora_a [in, r], lora_b [r, out] — of an embedding [vocabulary, r], [r, width] —   ΔW = scale · A B, `scale` as it is (no α/r);
 *   DoRA's m [out] is what PEFT has too.
 *
 * Read: LoRA of linear maps and embeddings, DoRA of linear maps, fine_tune_type lora and dora. Not read: fine_tune_type full (whole
 * tensors), DoRA of an embedding (a magnitude a token), an embedding that the head shares (mlx adapts both), switch layers of experts.
 */
import { z } from 'zod';
import { RequestError, Unsupported } from '../../../errors.ts';
import type { TensorFile } from '../stored.ts';
import { asIs } from '../storedTensor.ts';
import { checkModules, type Dialect, lowRankMethod, modulesWith, onNamed } from './dialect.ts';

const schema = z.looseObject({
  fine_tune_type: z.string().default('lora'),
  lora_parameters: z.looseObject({ rank: z.number(), scale: z.number(), dropout: z.number().default(0) }).optional(),
});

const suffixes: { readonly [role: string]: string } = { down: '.lora_a', up: '.lora_b', magnitude: '.m' };

/** Whether a file holds tensors of this dialect. */
export const isMlxLm = (keys: readonly string[]): boolean => keys.some((key) => key.endsWith('.lora_a'));

export function mlxLm(json: unknown, configFile: string, source: TensorFile): Dialect {
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new RequestError(`${configFile}: ${z.prettifyError(parsed.error)}`);
  const { fine_tune_type: tuned, lora_parameters: parameters } = parsed.data;
  if (tuned !== 'lora' && tuned !== 'dora')
    throw new Unsupported(`${configFile}: fine_tune_type ${tuned} is no low-rank adapter; there are lora and dora`);
  if (!parameters) throw new RequestError(`${configFile} lacks lora_parameters with rank and scale`);
  return {
    name: 'mlx-lm',
    type: 'LORA',
    on(base) {
      const names = modulesWith(source, Object.values(suffixes));
      checkModules(
        names,
        base.sites.map(({ name }) => name),
        source.file,
      );
      const kinds = new Map(base.sites.map(({ name, kind }) => [name, kind]));
      if (tuned === 'dora' && names.some((name) => kinds.get(name) === 'embedding'))
        throw new Unsupported(
          `${source.file}: mlx-lm's DoRA of an embedding has a magnitude a token, which is not read`,
        );
      if (base.tiedTable !== null && names.includes(base.tiedTable))
        throw new Unsupported(`${source.file}: mlx-lm adapts the head along with ${base.tiedTable}, which is not read`);
      const method = lowRankMethod({ ...parameters, usesDora: tuned === 'dora' });
      return onNamed(names, method, base, ({ site, role, shape }) => asIs(`${site}${suffixes[role]!}`, shape));
    },
  };
}
