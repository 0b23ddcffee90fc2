/**
 * peft_type LORA: LoRA, rsLoRA, DoRA, and the starts that change the base (PiSSA, OLoRA).
 *
 * Written from low-rank factors (lowRankFactors.ts), which other updates can be put into: one scale rule, rsLoRA's only where all
 * sites follow it, and one choice of DoRA, and of a bias for B, for all sites. A site without magnitude beside others that have one
 * gets the one that changes nothing. The start is 'true': what PiSSA or OLoRA took away from the kernel is in the factors.
 */
import { z } from 'zod';
import { RequestError, Unsupported } from '../../../errors.ts';
import type { FactorInit } from '../../init/factorInit.ts';
import { olora } from '../../init/olora.ts';
import { orthogonal } from '../../init/orthogonal.ts';
import { pissa } from '../../init/pissa.ts';
import { magnitude } from '../../rescale/magnitude.ts';
import { isLowRank, type LowRankFactors, lowRankFactors } from '../../lowRankFactors.ts';
import type { TrainedSite } from '../../trainedSite.ts';
import { lowRank } from '../../update/lowRank.ts';
import { asIs, turned } from '../storedTensor.ts';
import { loraConfiguration } from './loraConfiguration.ts';
import { patterned } from './patterned.ts';
import { parsed, pattern, type PeftType, type StoredAs } from './peftType.ts';
import { type NamedTensor, type WriteContext, type Written, written } from './writing.ts';

const schema = z.looseObject({
  r: z.number().default(8),
  lora_alpha: z.number().default(8),
  lora_dropout: z.number().default(0),
  use_rslora: z.boolean().default(false),
  use_dora: z.boolean().default(false),
  lora_bias: z.boolean().default(false),
  init_lora_weights: z.union([z.boolean(), z.string()]).nullish(),
  rank_pattern: pattern,
  alpha_pattern: pattern,
});

/** Starts that leave the base as it is: the file's own numbers are all there is to know of them. */
const plain = ['gaussian', 'eva', 'lora_ga'];

/** What a start means for the base; null where it leaves it. Throws Unsupported for one that is not there. */
function initOf(name: string): FactorInit | null {
  const lower = name.toLowerCase();
  if (plain.includes(lower)) return null;
  if (name === 'pissa' || /^pissa_niter_\d+$/.test(name)) return pissa();
  if (lower === 'olora') return olora();
  if (name === 'orthogonal') return orthogonal();
  throw new Unsupported(`a start with init_lora_weights ${name} is not there yet`);
}

const factor =
  (letter: 'A' | 'B'): StoredAs =>
  (prefix, shape, { kind, stored }) => {
    const name = kind === 'embedding' ? `${prefix}.lora_embedding_${letter}` : `${prefix}.lora_${letter}.weight`;
    const form = turned(name, shape);
    if (kind !== 'conv2d') return form;
    // A is a convolution with the base's kernel [out, in, height, width] into r channels, B one of 1 × 1.
    const [outputs, inputs] = form.shape;
    return { ...form, shape: letter === 'A' ? [outputs!, ...stored.slice(1)] : [outputs!, inputs!, 1, 1] };
  };

export const loraType: PeftType = {
  defaults: 'lora',
  read(json, { file, freezeDown }) {
    const config = parsed(schema, json, file);
    const start = config.init_lora_weights;
    const init = typeof start === 'string' ? initOf(start) : null;
    if (config.lora_bias && config.use_dora)
      throw new RequestError(`${file}: DoRA has no bias of its own for B (lora_bias beside use_dora)`);
    return {
      steps: null,
      recipe: {
        update: lowRank({
          rank: config.r,
          alpha: config.lora_alpha,
          scaling: config.use_rslora ? 'sqrtRank' : 'rank',
          rankPattern: config.rank_pattern,
          alphaPattern: config.alpha_pattern,
          ...(init ? { init } : {}),
          ...(config.lora_bias ? { upBias: true } : {}),
          ...(freezeDown ? { freezeDown } : {}),
        }),
        ...(config.use_dora ? { rescale: magnitude() } : {}),
        dropout: config.lora_dropout,
      },
    };
  },
  tensors: {
    down: factor('A'),
    up: factor('B'),
    upBias: (prefix, shape) => asIs(`${prefix}.lora_B.bias`, shape),
    magnitude: (prefix, shape, { kind }) =>
      asIs(`${prefix}.lora_magnitude_vector`, kind === 'conv2d' ? [1, ...shape, 1, 1] : shape),
  },
  adaptedBiases: 'lora_only',
  holds: (sites) => sites.every(isLowRank),
  write(sites, context) {
    const norms = (name: string): Float32Array => sites.find((site) => site.name === name)!.norms();
    return writeFactors(sites.map(lowRankFactors), norms, dropoutOf(sites), context);
  },
};

const dropoutOf = ([first]: readonly TrainedSite[]): number => first!.parts[0]!.method.dropout;

/** `norms`: ‖W + ΔW‖ per output of a site. */
export function writeFactors(
  factors: readonly LowRankFactors[],
  norms: (site: string) => Float32Array,
  dropout: number,
  context: WriteContext,
): Written {
  const usesDora = factors.some(({ magnitude }) => magnitude !== null);
  const usesBias = factors.some(({ upBias }) => upBias !== null);
  const usesRsLora = factors.every(({ scaling }) => scaling === 'sqrtRank');
  const alphaOf = ({ rank, alpha, scaling }: LowRankFactors): number =>
    scaling === 'sqrtRank' && !usesRsLora ? alpha * Math.sqrt(rank) : alpha;
  const ranks = patterned(factors.map(({ name, rank }) => ({ name, value: rank })));
  const alphas = patterned(factors.map((of) => ({ name: of.name, value: alphaOf(of) })));
  const tensors = factors.flatMap(({ name, shape: [inputs, outputs], rank, down, up, upBias, magnitude }) => {
    const of = (role: string, shape: number[], data: Float32Array): NamedTensor =>
      written(context, name, role, shape, data);
    return [
      of('down', [inputs, rank], down),
      of('up', [rank, outputs], up),
      ...(usesBias ? [of('upBias', [outputs], upBias ?? new Float32Array(outputs))] : []),
      ...(usesDora ? [of('magnitude', [outputs], magnitude ?? norms(name))] : []),
    ];
  });
  return {
    tensors,
    configuration: {
      ...loraConfiguration,
      r: ranks.usual,
      rank_pattern: ranks.pattern,
      lora_alpha: alphas.usual,
      alpha_pattern: alphas.pattern,
      lora_bias: usesBias,
      lora_dropout: dropout,
      use_dora: usesDora,
      use_rslora: usesRsLora,
    },
  };
}
