/** Claims on the bench, on arithmetic, and on what runs have changed. */
import { describe, expect, it } from 'vitest';
import type { BenchRecord } from '../../../src/bench/record.ts';
import { doraCost } from '../../../src/claims/list/doraCost.ts';
import { doraRank } from '../../../src/claims/list/doraRank.ts';
import { fourBitCodes } from '../../../src/claims/list/fourBitCodes.ts';
import { intruders } from '../../../src/claims/list/intruders.ts';
import { merge } from '../../../src/claims/list/merge.ts';
import { memoryArithmetic } from '../../../src/claims/list/memoryArithmetic.ts';
import { amplification } from '../../../src/claims/list/amplification.ts';
import { weighClaim } from '../../../src/claims/weigh.ts';
import { paperFigures } from '../../../src/inspect/paperFigures.ts';
import { whyText } from '../whyText.ts';
import type { Analysis, RunAnalysis, StorageError } from '../../../src/results/analysis.ts';
import { analysisOf } from '../../results/syntheticAnalysis.ts';
import { type Arm, evidenceOf, verdictBy, weighed } from '../weighed.ts';

describe('a step of DoRA (17)', () => {
  const bench = (dora: number, quick = false): BenchRecord =>
    ({
      quick,
      rows: ['256x4', '512x6'].map((shape) => ({
        name: `step-dora-${shape}`,
        samples: { ours: [1, 1.02, 0.99, 1.01].map((time) => time * dora), 'our LoRA step': [1, 1.01, 1, 0.99] },
      })),
    }) as unknown as BenchRecord;
  const times = { ...doraCost, sections: doraCost.sections.slice(0, 1) };
  const verdict = (record: BenchRecord | null): string => weighClaim(times, { ...evidenceOf(), bench: record }).verdict;

  it('takes longer, as long, or less', () => {
    expect(verdict(bench(1.3))).toBe('holds');
    expect(verdict(bench(1))).toBe('no difference shown');
    expect(verdict(bench(0.8))).toBe('fails');
  });

  it('is not measured by a quick bench', () => {
    expect(verdict(bench(1.3, true))).toBe('not measured');
    expect(verdict(null)).toBe('not measured');
  });
});

describe('DoRA’s norm in the gradient (17)', () => {
  const arms = (costs: number): Record<string, Arm> =>
    Object.fromEntries(
      [2, 8].flatMap((rank): [string, Arm][] => [
        [`DoRA ${rank}`, { effectNats: costs, factors: { rank, method: 'DoRA' } }],
        [`DoRA ${rank}, norm not detached`, { factors: { rank, method: 'DoRA, norm not detached' } }],
        [`LoRA ${rank}`, { factors: { rank, method: 'LoRA' } }],
      ]),
    );
  /** `kept`: bytes of a step with the gradient through the norm, over those without. */
  const judged = (costs: number, kept: number): ReturnType<typeof verdictBy> =>
    verdictBy(
      doraCost,
      weighed('dora-norm', arms(costs), {
        change: (run) => {
          const factor = run.plan.variant.endsWith('not detached') ? kept : 1;
          const { bytes } = run.derived;
          return { ...run, derived: { ...run.derived, bytes: { ...bytes, activations: 1000 * factor } } };
        },
      }),
    );

  it('costs nothing and saves memory, one of the two, or neither', () => {
    expect(judged(0, 2).verdict).toBe('holds');
    expect(judged(-0.05, 2).verdict).toBe('holds'); // better is no harm
    expect(judged(0, 1).verdict).toBe('mixed');
    expect(judged(0.05, 2).verdict).toBe('mixed');
    expect(judged(0.05, 1).verdict).toBe('fails');
  });

  it('says how many bytes, and how many points', () => {
    expect(whyText(judged(0, 2))).toContain(
      'rank 8: a step keeps 1,000 bytes for its backward pass with the norm held fixed, 2,000 bytes without',
    );
    expect(whyText(judged(0, 1))).toContain('there is no W + ΔW to keep');
    expect(whyText(judged(0.05, 2))).toMatch(/rank 2: −2\.\d\d points of exact matches in the mean/);
  });
});

describe('a merged kernel rounded again (5)', () => {
  const names = ['NF4', 'NF4, double'];
  const verdict = (costs: number | null): ReturnType<typeof verdictBy> => {
    const analysis = analysed(names, (run, variant) => {
      const merged = 1 + (variant === 'NF4' ? 0.1 : 0) + 0.03 * run.seed;
      const test = merged + (costs ?? 0) + 0.004 * ((run.seed * 3) % 5) - 0.008;
      const requantized = { merged: { validation: 9, test: merged }, rounded: { validation: 0, test } };
      return costs === null ? run : { ...run, requantized };
    });
    return verdictBy(merge, weighed('quantization', { NF4: {}, 'NF4, double': {} }, { analysis }));
  };

  it('costs perplexity, none, or gains some', () => {
    expect(verdict(0.05).verdict).toBe('holds');
    expect(whyText(verdict(0.05))).toMatch(/rounded again over as merged: 1\.05 times \(1\.0\d+ to 1\.0\d+\)/);
    expect(verdict(0).verdict).toBe('no difference shown');
    expect(verdict(-0.05).verdict).toBe('fails');
  });

  it('is not measured by an analysis without the data', () => {
    expect(verdict(null).verdict).toBe('not measured');
    expect(whyText(verdict(null))).toContain(
      'npx adapterlab analyse results/quantization, beside the experiment’s file',
    );
  });
});

describe('memory by arithmetic (28)', () => {
  const memory = paperFigures('docs/memory')!;
  const { verdict, why } = weighClaim(memoryArithmetic, { ...evidenceOf(), memory });

  it('has the figures of docs/memory.md', () => {
    for (const figure of ['18,874,368', '9,251', '349 GB', '37.7 MB', '1.40 TB', '46.0 GB', '1.10 TB'])
      expect(whyText({ why })).toContain(figure);
  });

  it('holds but for what full fine-tuning of GPT-3 takes', () => {
    expect(verdict).toBe('mixed');
    const { gpt3, llama70b } = memory;
    const fits = { ...gpt3, full: { ...gpt3.full, totalBytes: 1.2e12 + gpt3.full.activationBytes } };
    expect(weighClaim(memoryArithmetic, { ...evidenceOf(), memory: { gpt3: fits, llama70b } }).verdict).toBe('holds');
  });

  it('is not measured where there are no configurations', () => {
    expect(paperFigures('docs/nowhere')).toBeNull();
    expect(weighClaim(memoryArithmetic, evidenceOf()).verdict).toBe('not measured');
  });
});

/** What `change` makes of every run, which varies a little with its seed. */
function analysed(variants: readonly string[], change: (run: RunAnalysis, variant: string) => RunAnalysis): Analysis {
  const made = analysisOf({ variants, seeds: 8 });
  for (const [name, variant] of Object.entries(made.variants))
    variant.runs = variant.runs.map((run) => change(run, name));
  return made;
}

const ranks = [1, 8, 96];
const sweep = Object.fromEntries(
  ranks.map((rank): [string, Arm] => [`rank ${rank}, α ∝ r`, { factors: { rank, scaling: 'α ∝ r' } }]),
);
const rankOf = (variant: string): number => Number(/\d+/.exec(variant)?.[0]);

describe('intruder dimensions (21)', () => {
  const verdict = (count: (rank: number) => number, full: number): string => {
    const arms = { ...sweep, full: {} };
    const analysis = analysed(Object.keys(arms), (run, variant) => {
      const mean = variant === 'full' ? full : count(rankOf(variant));
      return { ...run, intruders: { '0.5': [mean, mean, mean + (run.seed % 2)] } };
    });
    return verdictBy(intruders, weighed('rank-sweep', arms, { analysis })).verdict;
  };

  it('more in LoRA, fewer at higher rank', () => {
    expect(verdict((rank) => 8 - Math.log2(rank), 1)).toBe('holds');
    expect(verdict(() => 4, 4)).toBe('no difference shown');
    expect(verdict((rank) => 1 + Math.log2(rank), 8)).toBe('fails');
  });
});

describe('amplification (20)', () => {
  const verdict = (factor: (rank: number) => number): string => {
    const analysis = analysed(Object.keys(sweep), (run, variant) => {
      const value = factor(rankOf(variant)) * (1 + 0.02 * run.seed);
      return { ...run, amplification: { ...run.amplification, factor: [value, value, value] } };
    });
    return verdictBy(amplification, weighed('rank-sweep', sweep, { analysis })).verdict;
  };

  it('above one and falling', () => {
    expect(verdict((rank) => 20 / Math.sqrt(rank))).toBe('holds');
    expect(verdict(() => 20)).toBe('mixed');
    expect(verdict((rank) => 0.5 * Math.sqrt(rank))).toBe('fails');
  });

  it('is not measured without an analysis, which is said', () => {
    const { verdict: without, why } = verdictBy(amplification, weighed('rank-sweep', sweep));
    expect(without).toBe('not measured');
    expect(whyText({ why })).toContain('npx adapterlab analyse results/rank-sweep');
  });
});

describe('ΔM and ΔD (16)', () => {
  const movements = { ...doraRank, sections: doraRank.sections.slice(1) };
  const verdict = (of: Record<string, number>): string => {
    const analysis = analysed(Object.keys(of), (run, variant) => ({
      ...run,
      movement: { step: [0, 1], magnitude: [], direction: [], correlation: of[variant]! + 0.01 * (run.seed % 3) },
    }));
    return verdictBy(
      movements,
      weighed('dora-rank', Object.fromEntries(Object.keys(of).map((name) => [name, {}])), { analysis }),
    ).verdict;
  };

  it('holds with the paper’s signs, and is mixed where LoRA goes like the others', () => {
    expect(verdict({ full: -0.6, 'DoRA 8': -0.3, 'LoRA 8': 0.8 })).toBe('holds');
    expect(verdict({ full: -0.6, 'DoRA 8': -0.3, 'LoRA 8': -0.8 })).toBe('mixed');
    expect(verdict({ full: 0.6, 'DoRA 8': 0.3, 'LoRA 8': -0.8 })).toBe('fails');
  });
});

describe('codes of four bits (14)', () => {
  const rounding = { ...fourBitCodes, sections: fourBitCodes.sections.slice(0, 1) };
  const verdict = (errors: Record<string, number>): string => {
    const names = Object.keys(errors);
    const quantization = names.map((name): StorageError => ({
      storage: { type: name },
      variants: [name],
      sites: Array.from({ length: 21 }, (_, site) => `${site}`),
      relative: Array.from(
        { length: 21 },
        (_, site) => errors[name]! * (1 + 0.01 * Math.sin(site * (1 + names.indexOf(name)))),
      ),
      bitsPerParameter: name === 'NF4, double' ? 4.127 : 4.5,
    }));
    const analysis = { ...analysisOf({ variants: names }), quantization };
    return verdictBy(
      rounding,
      weighed('quantization', Object.fromEntries(names.map((name) => [name, {}])), { analysis }),
    ).verdict;
  };

  it('NF4 rounds least, double quantization costs next to nothing', () => {
    expect(verdict({ NF4: 0.092, 'NF4, double': 0.0921, FP4: 0.122, int4: 0.108 })).toBe('holds');
    expect(verdict({ NF4: 0.122, 'NF4, double': 0.1221, FP4: 0.092, int4: 0.108 })).toBe('mixed');
    expect(verdict({ NF4: 0.092, 'NF4, double': 0.11, FP4: 0.122, int4: 0.108 })).toBe('mixed');
  });
});
