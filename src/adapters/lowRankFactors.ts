/**
 * A trained change as the two factors of LoRA:   ΔW = s A B,   with DoRA's magnitude where there is one. What PEFT's LORA holds, and
 * what adapters are combined, extracted and converted as.
 */
import { Unsupported } from '../errors.ts';
import type { TrainedPart, TrainedSite } from './trainedSite.ts';
import type { Place } from './types.ts';
import type { Scaling } from './update/rank.ts';

export interface LowRankFactors extends Place {
  readonly rank: number;
  readonly alpha: number;
  /** 'rank': s = α/r; 'sqrtRank': s = α/√r. */
  readonly scaling: Scaling;
  /** A [in, rank], row-major. */
  readonly down: Float32Array;
  /** B [rank, out], row-major. */
  readonly up: Float32Array;
  /** b [out] of B:   Δ(x) = s ((xA) B + b). */
  readonly upBias: Float32Array | null;
  /** m [out] of DoRA:   W′ = (W + ΔW) ∘ m / ‖W + ΔW‖ per output. */
  readonly magnitude: Float32Array | null;
}

export const scaleOf = ({ rank, alpha, scaling }: Pick<LowRankFactors, 'rank' | 'alpha' | 'scaling'>): number =>
  alpha / (scaling === 'sqrtRank' ? Math.sqrt(rank) : rank);

/** The update of one part of a site, before it is laid at its range. */
type Factors = Pick<LowRankFactors, 'rank' | 'alpha' | 'scaling' | 'down' | 'up' | 'upBias'>;

/** Updates that are a product of two thin matrices, by the type of their spec. */
const factorsOf: { readonly [update: string]: (part: TrainedPart) => Factors } = {
  lowRank(part) {
    const own: Factors = {
      rank: part.derived.rank!,
      alpha: part.derived.alpha!,
      scaling: part.method.update.spec.scaling as Scaling,
      down: part.numbers('down'),
      up: part.numbers('up'),
      upBias: part.roles.includes('upBias') ? part.numbers('upBias') : null,
    };
    return part.frozenRoles.includes('downStart') ? withoutStart(own, part) : own;
  },
  /** The blocks' A side by side, and each block's B at its own outputs. */
  mergedLinear(part) {
    const [inputs, outputs] = part.shape;
    const enabled = part.method.update.spec.enabled as readonly boolean[];
    const own = part.derived.rank!;
    const width = outputs / enabled.length;
    const blocks = [...enabled.keys()].filter((block) => enabled[block]);
    const rank = own * blocks.length;
    const stored = part.numbers('up'); // [r, width · blocks]
    const up = new Float32Array(rank * outputs);
    blocks.forEach((block, b) => {
      for (let r = 0; r < own; r++) {
        const from = (r * blocks.length + b) * width;
        up.set(stored.subarray(from, from + width), (b * own + r) * outputs + block * width);
      }
    });
    const down = part.numbers('down');
    if (down.length !== inputs * rank) throw new Error(`${part.name} has an A of another rank than its blocks`);
    return { rank, alpha: part.derived.scale! * rank, scaling: 'rank', down, up, upBias: null };
  },
  /** s Q (λ ∘ P), triplets with λ = 0 left out; of rank 1 and zero where none is left, as a LoRA has no rank 0. */
  svd(part) {
    const [inputs, outputs] = part.shape;
    const [down, singular, up] = [part.numbers('down'), part.numbers('singular'), part.numbers('up')];
    const kept = [...singular.keys()].filter((r) => singular[r] !== 0);
    const rank = Math.max(1, kept.length);
    const factors = { down: new Float32Array(inputs * rank), up: new Float32Array(rank * outputs) };
    kept.forEach((from, to) => {
      for (let i = 0; i < inputs; i++) factors.down[i * rank + to] = down[i * singular.length + from]!;
      for (let j = 0; j < outputs; j++) factors.up[to * outputs + j] = singular[from]! * up[from * outputs + j]!;
    });
    return { rank, alpha: part.derived.scale! * rank, scaling: 'rank', ...factors, upBias: null };
  },
};

/**
 * What a compensated start took away from the kernel, s A₀ B₀, goes into the change instead, so that it is one of the base as it is:
 * A′ = [A, A₀], B′ = [B; −B₀] of twice the rank, with the same s: α′ = 2α, or √2 α where s = α/√r.
 */
function withoutStart({ rank, alpha, scaling, down, up, upBias }: Factors, part: TrainedPart): Factors {
  const [inputs, outputs] = part.shape;
  const [downStart, upStart] = [part.numbers('downStart'), part.numbers('upStart')];
  const wide = new Float32Array(inputs * 2 * rank);
  for (let i = 0; i < inputs; i++) {
    wide.set(down.subarray(i * rank, (i + 1) * rank), 2 * i * rank);
    wide.set(downStart.subarray(i * rank, (i + 1) * rank), (2 * i + 1) * rank);
  }
  const tall = new Float32Array(2 * rank * outputs);
  tall.set(up);
  tall.set(
    upStart.map((value) => -value),
    rank * outputs,
  );
  const factor = scaling === 'sqrtRank' ? Math.SQRT2 : 2;
  return { rank: 2 * rank, alpha: factor * alpha, scaling, down: wide, up: tall, upBias };
}

/** Whether every part of a site is a low-rank update, rescaled by nothing or by a magnitude. */
export const isLowRank = ({ parts }: TrainedSite): boolean =>
  parts.every(
    ({ method: { update, rescale } }) =>
      Object.hasOwn(factorsOf, update.spec.type) && ['none', 'magnitude'].includes(rescale.spec.type),
  );

/** Throws Unsupported for another update or rescale. */
export function lowRankFactors(site: TrainedSite): LowRankFactors {
  if (!isLowRank(site)) throw new Unsupported(`what was trained at ${site.name} is not a low-rank update`);
  const { name, kind, shape, parts } = site;
  const factors = parts.map((part) => factorsOf[part.method.update.spec.type]!(part));
  const magnitude = magnitudeOf(site);
  const isWhole = parts.length === 1 && parts[0]!.name === name;
  return { name, kind, shape, magnitude, ...(isWhole ? factors[0]! : block(site, factors)) };
}

/**
 * Parts of a fused projection as one update of the whole: A = [A₁ A₂ …], and B with each part's rows at its own outputs, zero
 * elsewhere. The scale is that of the first part; the others' B take the ratio.
 */
function block({ shape: [inputs, outputs], parts }: TrainedSite, factors: readonly Factors[]): Factors {
  const rank = factors.reduce((sum, factor) => sum + factor.rank, 0);
  const [first] = factors;
  const scale = scaleOf(first!);
  const down = new Float32Array(inputs * rank);
  const up = new Float32Array(rank * outputs);
  const upBias = factors.some((factor) => factor.upBias) ? new Float32Array(outputs) : null;
  let at = 0;
  factors.forEach((factor, p) => {
    const { places } = parts[p]!;
    const ratio = scaleOf(factor) / scale;
    for (let i = 0; i < inputs; i++)
      down.set(factor.down.subarray(i * factor.rank, (i + 1) * factor.rank), i * rank + at);
    for (let r = 0; r < factor.rank; r++)
      places.forEach((to, j) => (up[(at + r) * outputs + to] = factor.up[r * places.length + j]! * ratio));
    factor.upBias?.forEach((value, j) => (upBias![places[j]!] = value * ratio));
    at += factor.rank;
  });
  const { scaling } = first!;
  return { rank, scaling, upBias, alpha: scale * (scaling === 'sqrtRank' ? Math.sqrt(rank) : rank), down, up };
}

/** m of the whole site; outputs without one have their own norm, and so the factor 1. Null where no part has any. */
function magnitudeOf({ parts, norms, shape: [, outputs] }: TrainedSite): Float32Array | null {
  const scaled = parts.filter(({ method }) => method.rescale.spec.type === 'magnitude');
  if (scaled.length === 0) return null;
  const covers = scaled.reduce((sum, { places }) => sum + places.length, 0) === outputs;
  const magnitude = covers ? new Float32Array(outputs) : norms();
  for (const { places, numbers } of scaled) {
    const own = numbers('magnitude');
    places.forEach((to, j) => (magnitude[to] = own[j]!));
  }
  return magnitude;
}
