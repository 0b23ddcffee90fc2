/** An analysis of made-up numbers, of variants and seeds as wanted, for what reads one. */
import {
  type Analysis,
  analysisSchemaName,
  compared,
  type Grid,
  type VariantAnalysis,
} from '../../src/results/analysis.ts';
import type { RunRecord } from '../../src/results/record.ts';

export interface SyntheticAnalysis {
  readonly variants?: readonly string[];
  readonly seeds?: number;
  readonly trajectory?: boolean;
  /** Whose runs these are; of made-up hashes unless given. */
  readonly hashOf?: (variant: string, seed: number) => string;
  readonly learningRateOf?: (variant: string) => number;
}

const names = ['model.layers.0.q_proj', 'model.layers.0.v_proj', 'model.layers.1.q_proj'];

export function analysisOf({
  variants = ['LoRA', 'full'],
  seeds = 2,
  trajectory = true,
  hashOf = () => 'abcdef01',
  learningRateOf = () => 1e-3,
}: SyntheticAnalysis = {}): Analysis {
  const grid = (value: number): Grid => compared.map((i) => compared.map((j) => (i * j > 16 ? null : value / (i + j))));
  const baseline = { mean: grid(0.1), low: grid(0.05), high: grid(0.2) };
  return {
    schema: analysisSchemaName,
    experiment: 'synthetic',
    sites: names.map((name) => ({ name, shape: [16, 24] })),
    variants: Object.fromEntries(
      variants.map((variant, v): [string, VariantAnalysis] => [
        variant,
        {
          learningRate: learningRateOf(variant),
          sites: [0, 1, 2],
          start: v === 0 ? { predicted: [1e-4, 1e-4, 1e-4], measured: [1.1e-4, 0.9e-4, 1e-4] } : null,
          runs: Array.from({ length: seeds }, (_, seed) => {
            const size = 1 + v + 0.1 * seed;
            const column = [size, 2 * size, 3 * size];
            return {
              seed,
              hash: hashOf(variant, seed),
              spectrum: [4 + v, 2, 8].map((count) => Array.from({ length: count }, (_value, i) => size / 2 ** i)),
              effectiveRank: [...column],
              stableRank: [...column],
              norm: [...column],
              relativeNorm: [...column],
              amplification: {
                rank: [4, 2, 8],
                factor: [...column],
                projected: [...column],
                own: [...column],
                random: [...column],
              },
              intruders: { '0.5': [0, 1, v], '0.6': [1, 2, v] },
              ...(trajectory && {
                movement: {
                  step: [0, 10, 20],
                  magnitude: [0, 1, 2].map((step) => [0, 1, 2].map((site) => step * (1 + site) * size * 0.01)),
                  direction: [0, 1, 2].map((step) => [0, 1, 2].map((site) => step * (3 - v - site) ** 2 * 0.01)),
                  correlation: v === 0 ? 0.8 : -0.4,
                },
              }),
            };
          }),
        },
      ]),
    ),
    similarity: {
      baselines: [{ sites: [0, 1, 2], input: baseline, output: baseline }],
      pairs: variants.flatMap((a, i) =>
        variants.slice(i).map((b) => ({ a, b, runs: seeds, baseline: 0, input: grid(1), output: grid(0.8) })),
      ),
    },
    quantization: [
      {
        storage: { type: 'nf4', blockSize: 64, doubleQuantization: true },
        variants: variants.slice(0, 1),
        sites: [...names, 'model.layers.1.v_proj'],
        relative: [0.09, 0.1, 0.095, 0.11],
        bitsPerParameter: 4.127,
      },
    ],
  };
}

/** Of the best runs that these records would be, each variant at this rate. */
export const analysisOfRecords = (records: readonly RunRecord[], rates: ReadonlyMap<string, number>): Analysis => {
  const at = (variant: string, seed: number): string =>
    records.find(
      ({ plan }) => plan.variant === variant && plan.seed === seed && plan.learningRate === rates.get(variant),
    )!.plan.hash;
  const variants = [...rates.keys()];
  const seeds = new Set(records.map(({ plan }) => plan.seed)).size;
  return analysisOf({ variants, seeds, hashOf: at, learningRateOf: (variant) => rates.get(variant)! });
};
