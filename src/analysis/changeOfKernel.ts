/** All that can be said of one kernel's change at the end of a run, by the formulas of this folder. */
import type { ThinSvd } from '../tensor/svd.ts';
import { type Amplification, amplification } from './amplification.ts';
import { type Change, denseChange, frobeniusNorm, leadingDirections, singularDirections } from './change.ts';
import { type Directions, directionsOf, firstDirections, leadingOutputDirections } from './directions.ts';
import { effectiveRank, stableRank } from './effectiveRank.ts';
import { largestCosines } from './intruderDimensions.ts';

/** How many directions of a change are amplified, and compared with those of other changes. */
export const comparedDirections = 8;
/** Singular vectors of the changed kernel that may be intruders, as in arXiv:2410.21228. */
export const intruderCandidates = 10;
/** Singular values that are told. */
const toldValues = 32;
/** A singular value below this share of the largest is rounding. */
const rounding = 1e-6;
/** Rows or columns, whichever are fewer, up to which a matrix is decomposed whole: beyond it takes from seconds to minutes. */
const decomposedUpTo = 400;

export interface Kernel {
  /** W [in, out], row-major. */
  readonly values: ArrayLike<number>;
  readonly shape: readonly [number, number];
  readonly norm: number;
  /** All of W's singular values, or the first ones of a large W. */
  readonly spectrum: Float64Array;
  /** All of W's output directions; null for a large W. */
  readonly outputs: Directions | null;
}

export function kernelToCompare(values: ArrayLike<number>, shape: readonly [number, number]): Kernel {
  const found = decomposed({ form: 'dense', shape, values });
  return {
    values,
    shape,
    norm: frobeniusNorm(values),
    spectrum: found.s,
    outputs: isLarge(shape) ? null : directionsOf(found, 'output'),
  };
}

export interface ChangeOfKernel {
  /** The first 32 singular values of ΔW, without those that are rounding; none for a change that is none. */
  readonly spectrum: Float64Array;
  /** Null where all singular values would be needed and the change is large and dense. NaN for a change that is none. */
  readonly effectiveRank: number | null;
  readonly stableRank: number;
  readonly norm: number;
  /** Null for a change that is none. */
  readonly amplification: Amplification | null;
  /** Of the first ten output directions of W′ with those of W; null for a large W. */
  readonly cosines: Float64Array | null;
  /** The first 8 directions, fewer of a lower rank. */
  readonly input: Directions | null;
  readonly output: Directions | null;
}

export function changeOfKernel(kernel: Kernel, change: Change): ChangeOfKernel {
  const found = decomposed(change);
  const { s } = found;
  const told = s.filter((value, i) => i < toldValues && value > rounding * s[0]!);
  const first = (side: 'input' | 'output'): Directions | null =>
    told.length === 0 ? null : firstDirections(directionsOf(found, side), Math.min(comparedDirections, told.length));
  const isWhole = change.form === 'product' || !isLarge(change.shape);
  const norm = isWhole ? frobeniusNorm(s) : frobeniusNorm(denseChange(change));
  return {
    spectrum: told,
    effectiveRank: isWhole ? effectiveRank(s) : null,
    stableRank: s[0] === 0 || isWhole ? stableRank(s) : (norm / s[0]!) ** 2,
    norm,
    amplification: amplification(kernel.values, kernel.spectrum, found, comparedDirections),
    cosines: kernel.outputs && cosinesOfChanged(kernel, kernel.outputs, change),
    input: first('input'),
    output: first('output'),
  };
}

const isLarge = ([inputs, outputs]: readonly [number, number]): boolean => Math.min(inputs, outputs) > decomposedUpTo;

const decomposed = (change: Change): ThinSvd =>
  change.form === 'dense' && isLarge(change.shape) ? leadingDirections(change, toldValues) : singularDirections(change);

function cosinesOfChanged({ values, shape }: Kernel, outputs: Directions, change: Change): Float64Array {
  const changed = denseChange(change).map((value, i) => value + values[i]!);
  return largestCosines(outputs, leadingOutputDirections(changed, shape, intruderCandidates), intruderCandidates);
}
