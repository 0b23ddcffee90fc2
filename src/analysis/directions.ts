/** Some directions of a space, in order: the singular vectors of a matrix on one of its sides. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { ThinSvd } from '../tensor/svd.ts';

export interface Directions {
  /** d, the dimension of the space. */
  readonly dimension: number;
  readonly count: number;
  /** [dimension, count], row-major, orthonormal columns. */
  readonly columns: ArrayLike<number>;
}

/** Of a matrix [in, out]: those of the input are the columns of U, those of the output the columns of V. */
export function directionsOf({ u, s, v }: ThinSvd, side: 'input' | 'output'): Directions {
  const columns = side === 'input' ? u : v;
  return { dimension: columns.length / s.length, count: s.length, columns };
}

/**
 * The first `count` output directions of a matrix W [in, out], row-major, alone: eigenvectors of WᵀW, or of WWᵀ turned by Wᵀ where that
 * is smaller. As exact as from a singular decomposition for directions that are not rounding, and three to four times faster.
 */
export function leadingOutputDirections(
  values: ArrayLike<number>,
  [inputs, outputs]: readonly [number, number],
  count: number,
): Directions {
  const w = Matrix.from1DArray(inputs, outputs, values);
  const wide = outputs > inputs;
  const gram = wide ? w.mmul(w.transpose()) : w.transpose().mmul(w);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const first = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!).slice(0, count);
  const vectors = eigenvectorMatrix.subMatrixColumn(first);
  const lengths = first.map((i) => Math.sqrt(realEigenvalues[i]!));
  const directions = wide ? w.transpose().mmul(vectors).divRowVector(lengths) : vectors;
  return { dimension: outputs, count: directions.columns, columns: Float64Array.from(directions.to1DArray()) };
}

/** Inner products of each of the first `i` directions of `a` with each of the first `j` of `b`, [i, j] row-major. */
export function innerProducts(a: Directions, b: Directions, i: number, j: number): Float64Array {
  if (a.dimension !== b.dimension)
    throw new Error(`directions of spaces of ${a.dimension} and ${b.dimension} dimensions have no angle`);
  if (i < 1 || j < 1 || i > a.count || j > b.count)
    throw new Error(`there are ${a.count} and ${b.count} directions, not ${i} and ${j}`);
  const products = new Float64Array(i * j);
  for (let d = 0; d < a.dimension; d++)
    for (let p = 0; p < i; p++) {
      const left = a.columns[d * a.count + p]!;
      for (let q = 0; q < j; q++) products[p * j + q]! += left * b.columns[d * b.count + q]!;
    }
  return products;
}

/** The first `count` of them, as a copy. */
export function firstDirections({ dimension, count: all, columns }: Directions, count: number): Directions {
  const kept = new Float64Array(dimension * count);
  for (let d = 0; d < dimension; d++) for (let r = 0; r < count; r++) kept[d * count + r] = columns[d * all + r]!;
  return { dimension, count, columns: kept };
}
