/** What a run keeps of a trained site (checkpoint/artefact.ts): its factors where it has some, which are small, else the whole change. */
import { isLowRank, type LowRankFactors, lowRankFactors, scaleOf } from './lowRankFactors.ts';
import type { TrainedPart, TrainedSite } from './trainedSite.ts';
import type { Place } from './types.ts';

/** In the words of checkpoint/artefact.ts, which writes it. */
export interface KeptSite extends Place {
  readonly form: 'factors' | 'triplets' | 'dense';
  readonly hasMagnitude: boolean;
  /** By role, row-major. */
  readonly tensors: Tensors;
}

interface Tensors {
  readonly [role: string]: { readonly shape: readonly number[]; readonly data: Float32Array };
}

/** `delta`: ΔW of the merged kernel [in, out], asked for where there are no factors. */
export function keptSite(site: TrainedSite, delta: () => Float32Array): KeptSite {
  const { name, kind, shape } = site;
  if (!isLowRank(site))
    return { name, kind, shape, form: 'dense', hasMagnitude: false, tensors: { delta: { shape, data: delta() } } };
  const factors = lowRankFactors(site);
  const { magnitude } = factors;
  const isWhole = site.parts.length === 1 && site.parts[0]!.name === name;
  const triplets = isWhole ? tripletsOf(site.parts[0]!) : null;
  return {
    name,
    kind,
    shape,
    form: triplets ? 'triplets' : 'factors',
    hasMagnitude: magnitude !== null,
    tensors: {
      ...(triplets ?? scaledFactors(factors)),
      ...(magnitude && { magnitude: { shape: [shape[1]], data: magnitude } }),
    },
  };
}

function scaledFactors(factors: LowRankFactors): Tensors {
  const { shape, rank, down, up } = factors;
  const scale = scaleOf(factors);
  return {
    down: { shape: [shape[0], rank], data: down },
    up: { shape: [rank, shape[1]], data: up.map((value) => scale * value) },
  };
}

/** All of them, those without a singular value too: their vectors say how orthogonal the factors are. Null for another update. */
function tripletsOf({ shape, derived, method, numbers }: TrainedPart): Tensors | null {
  if (method.update.spec.type !== 'svd') return null;
  const scale = derived.scale!;
  const rank = derived.rank!;
  return {
    down: { shape: [shape[0], rank], data: numbers('down') },
    singular: { shape: [rank], data: numbers('singular').map((value) => scale * value) },
    up: { shape: [rank, shape[1]], data: numbers('up') },
  };
}
