import { createHash } from 'node:crypto';
import type { ExperimentPlan } from '../../src/results/experimentPlan.ts';
import type { Json } from '../../src/results/json.ts';
import type { FinishedRun, RunRecord } from '../../src/results/record.ts';
import { measured } from '../../src/results/record/measured.ts';

/** A variant of which it is known beforehand what it does. */
export interface Profile {
  /** Planted difference of the target's test loss against a profile with 0, in nats. */
  effectNats: number;
  /** Planted rise of the source's loss, in nats. */
  forgetsNats: number;
  bestRate: number;
  parameters: number;
  baseBytes: number;
  roles: Record<string, number>;
  /** Runs at this rate or above diverge. */
  divergesFrom?: number;
  allocatesRanks?: boolean;
}

export const profiles: Record<string, Profile> = {
  LoRA: profile({}),
  'LoRA+': profile({ effectNats: -0.04, divergesFrom: 1e-2 }),
  DoRA: profile({ parameters: 9_600, roles: { down: 0, up: 0.041, magnitude: 0.012 } }),
  AdaLoRA: profile({
    parameters: 13_000,
    roles: { down: 0, up: 0, singular: 0.033 },
    bestRate: 1e-2,
    allocatesRanks: true,
  }),
  QLoRA: profile({ effectNats: 0.05, baseBytes: 180_000 }),
  full: profile({ effectNats: -0.12, forgetsNats: 0.6, parameters: 260_032, bestRate: 3e-4, roles: { dense: 0.9 } }),
};

/** LoRA and a variant of which nothing is different: the planted null. */
export function profile(given: Partial<Profile>): Profile {
  const roles = { down: 0, up: 0.043 };
  return { effectNats: 0, forgetsNats: 0.15, bestRate: 3e-3, parameters: 8_192, baseBytes: 1_040_128, roles, ...given };
}

export interface Grid {
  profiles?: Record<string, Profile>;
  learningRates?: number[];
  seeds?: number;
  steps?: number;
  /** Root of the noise. */
  root?: number;
}

/** An experiment as the runner would leave it: the seed moves all variants together, the noise moves each run alone. */
export function synthetic(grid: Grid = {}): { plan: ExperimentPlan; records: RunRecord[] } {
  const { seeds = 5, steps = 60, root = 1, learningRates = [3e-4, 1e-3, 3e-3, 1e-2] } = grid;
  const variants = grid.profiles ?? profiles;
  const normal = normals(root);
  const ofSeed = Array.from({ length: seeds }, () => 0.03 * normal());
  const settings = {
    base: 'stories260K',
    learn: 'e2e',
    retain: 'tinystories',
    adapt: ['q_proj', 'v_proj'],
    train: { steps },
  };
  const plan: ExperimentPlan = {
    schema: 'adapterlab/plan/1',
    experiment: 'synthetic',
    question: 'Is a planted effect found, and a planted null not?',
    command: 'npx adapterlab run experiments/synthetic.ts',
    settings,
    variants: Object.fromEntries(Object.keys(variants).map((name) => [name, recipe(name)])),
    runs: [],
  };
  const records: RunRecord[] = [];
  for (const [variant, known] of Object.entries(variants))
    for (const learningRate of learningRates)
      for (let seed = 0; seed < seeds; seed++) {
        const hash = createHash('sha256').update(`${variant} ${learningRate} ${seed}`).digest('hex');
        plan.runs.push({ variant, learningRate, seed, hash });
        const run = { experiment: plan.experiment, question: plan.question, variant, seed, learningRate, hash };
        const group = { id: `${variant}-0`, lanes: 1, lane: 0 };
        const whole = { ...run, ...settings, recipe: recipe(variant), group };
        records.push(diverge(finish(whole, known, steps, ofSeed[seed], normal), known));
      }
  return { plan, records };
}

function finish(
  plan: FinishedRun['plan'],
  known: Profile,
  steps: number,
  ofSeed: number,
  normal: () => number,
): FinishedRun {
  const away = Math.log10(plan.learningRate / known.bestRate);
  const noise = (): number => 0.006 * normal();
  const validation = 1.25 + known.effectNats + 0.12 * away ** 2 + ofSeed + noise();
  const test = validation + 0.02 + noise();
  const source = 1.5 + known.forgetsNats * (1 + 0.5 * away) + 2 * noise();
  const at = (step: number, end: number, start: number): number => end + (start - end) * Math.exp((-5 * step) / steps);
  const step = Array.from({ length: steps }, (_, index) => index + 1);
  const sites = [0, 1, 2, 3, 4].flatMap((layer) =>
    ['q_proj', 'v_proj'].map((name) => `model.layers.${layer}.self_attn.${name}`),
  );
  const bytes = 4 * known.parameters;
  const exactMatch = Math.max(0, 0.9 - 0.5 * (test - 1.1));
  return {
    schema: 'adapterlab/run/1',
    plan,
    status: 'finished',
    derived: {
      sites: {
        name: sites,
        kind: sites.map(() => 'linear'),
        rank: sites.map(() => 8),
        scale: sites.map(() => 2),
        parameters: sites.map(() => Math.floor(known.parameters / sites.length)),
      },
      trainableParameters: known.parameters,
      trainableParametersAtEnd: known.allocatesRanks ? Math.round(known.parameters * 0.67) : known.parameters,
      baseParameters: 260_032,
      bytes: { base: known.baseBytes, adapter: bytes, gradients: bytes, optimizer: 2 * bytes, activations: 700_000 },
      baseHash: 'ba5e',
      learnHash: '1ea4',
      retainHash: '4e7a',
      startsEqualToBase: true,
    },
    gradientsAtStart: known.roles,
    before: {
      learn: { validation: { lossNats: 4.2 }, test: { lossNats: 4.21, exactMatch: 0 } },
      retain: { test: { lossNats: 1.5 } },
    },
    final: {
      learn: { validation: { lossNats: validation }, test: { lossNats: test, exactMatch } },
      retain: { test: { lossNats: source } },
    },
    history: {
      step,
      lossNats: step.map((n) => at(n, validation - 0.05, 4.2) + 8 * noise()),
      learningRate: step.map((n) => plan.learningRate * (1 - n / steps)),
      gradientNorm: step.map((n) => at(n, 0.1, 1)),
      gradientNormByRole: Object.fromEntries(
        Object.keys(known.roles).map((role) => [role, step.map((n) => at(n, 0.1, 0.5))]),
      ),
    },
    evaluations: [0, ...step.filter((n) => n % Math.ceil(steps / 6) === 0)].map((n) => ({
      step: n,
      learn: { lossNats: at(n, validation, 4.2) },
      retain: { lossNats: at(n, source, 1.5) },
    })),
    ...(known.allocatesRanks ? { ranks: allocated(sites, steps) } : {}),
    samples: [{ prompt: 'name[Blue Spice]', expected: 'Blue Spice is a pub.', got: 'Blue Spice is a <pub>.' }],
    environment: {
      engine: 'cpu',
      reason: 'asked for',
      cpu: 'made up',
      threads: 1,
      versions: { adapterlab: '0.1.0', node: 'v20.20.2' },
      commit: '0123456789abcdef',
      platform: 'linux x64',
    },
    times: {
      startedAt: '2026-01-01T00:00:00Z',
      trainSeconds: 3,
      evaluateSeconds: 1,
      secondsPerStep: 0.05 + 1e-7 * known.parameters,
    },
  };
}

function diverge(run: FinishedRun, { divergesFrom = Infinity }: Profile): RunRecord {
  if (run.plan.learningRate < divergesFrom) return run;
  const lossNats = run.history.lossNats.map((loss, index) => measured(index < 20 ? (loss ?? 0) : NaN));
  return {
    ...run,
    status: 'diverged',
    error: 'the loss is not a number from step 21 on',
    final: null,
    history: { ...run.history, lossNats },
  };
}

function allocated(sites: string[], steps: number): NonNullable<RunRecord['ranks']> {
  const step = Array.from({ length: 12 }, (_, index) => Math.round(((index + 1) * steps) / 12));
  const share = step.map((n) => Math.max(0, Math.min(1, (n / steps - 0.2) / 0.5)));
  const budget = share.map((s) => Math.round(sites.length * (12 - 4 * s)));
  const active = share.map((s) => sites.map((_, site) => Math.round(12 - s * (site % 2 === 0 ? 7 : 1))));
  return { sites, step, active, budget };
}

function recipe(variant: string): Record<string, Json> {
  return { update: { type: 'lowRank', rank: 8, of: variant } };
}

/** Normal numbers from a small generator (mulberry32 and Box-Muller), the same for the same root. */
function normals(root: number): () => number {
  let state = root >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
