/**
 * The leading part of a singular value decomposition, X ≈ U diag(s) Vᵀ of rank r, for ranks far below the size of X, in float64.
 *
 * - Of a product X = A B of thin matrices, exactly: A = Q_A R_A, Bᵀ = Q_B R_B, and R_A R_Bᵀ is small.
 * - Of a matrix as it stands: exactly where it is small; else by subspace iteration (Halko, Martinsson, Tropp, SIAM Review 53 (2011)
 *   217, algorithm 4.4) until a round lessens what is left, ‖X‖² − ‖X V‖², by less than a thousandth of it, and exactly after all where
 *   that does not come to rest. What is left is measured, not estimated: it is the error that is reported.
 */
import { Matrix, QrDecomposition } from 'ml-matrix';
import { stream } from './random.ts';
import { thinSvd, type ThinSvd } from './svd.ts';

/** How many singular values are wanted: so many, or as few as hold that share of ‖X‖². */
export type Cutoff = { readonly rank: number } | { readonly energy: number };

export interface LeadingSvd extends ThinSvd {
  /** ‖X − U diag(s) Vᵀ‖ / ‖X‖ in the Frobenius norm; 0 for X = 0. */
  readonly relativeError: number;
}

/** Of A B, A [rows, inner] and B [inner, columns], row-major. */
export function leadingSvdOfProduct(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [rows, inner, columns]: readonly [number, number, number],
  cutoff: Cutoff,
): LeadingSvd {
  const left = matrixOf(a, rows, inner);
  const right = matrixOf(b, inner, columns);
  if (inner >= Math.min(rows, columns)) return cut(svdOf(left.mmul(right)), cutoff);
  const [qa, qb] = [new QrDecomposition(left), new QrDecomposition(right.transpose())];
  const core = svdOf(qa.upperTriangularMatrix.mmul(qb.upperTriangularMatrix.transpose()));
  const { s } = core;
  const turned = (q: Matrix, part: Float64Array): Float64Array => flat(q.mmul(matrixOf(part, inner, inner)));
  return cut({ s, u: turned(qa.orthogonalMatrix, core.u), v: turned(qb.orthogonalMatrix, core.v) }, cutoff);
}

/** From here on a whole decomposition takes more than a second. */
const small = 192;
const oversampled = 10;
const mostRounds = 40;

/** Of X [rows, columns], row-major. Throws where a number is not finite. */
export function leadingSvd(x: ArrayLike<number>, rows: number, columns: number, cutoff: Cutoff): LeadingSvd {
  const size = Math.min(rows, columns);
  const whole = (): LeadingSvd => cut(thinSvd(x, rows, columns), cutoff);
  if (size <= small) return whole();
  const matrix = matrixOf(x, rows, columns);
  const total = energyOf(matrix);
  for (let width = oversampled + (('rank' in cutoff) ? cutoff.rank : oversampled); 2 * width < size; width *= 2) {
    const found = iterated(matrix, width, total);
    if (!found) break;
    const result = cut(found, cutoff, total);
    if (result.s.length < width - oversampled / 2 || 'rank' in cutoff) return result;
  }
  return whole();
}

/** The best `width` triplets, or null where they do not settle. */
function iterated(x: Matrix, width: number, total: number): ThinSvd | null {
  const start = stream(0, 'leadingSvd').fillNormal(new Float32Array(x.columns * width), 1);
  const turned = x.transpose();
  let v = orthonormal(matrixOf(start, x.columns, width));
  let captured = 0;
  for (let round = 0; round < mostRounds; round++) {
    const image = x.mmul(v);
    const energy = energyOf(image);
    if (round > 0 && energy - captured <= 1e-3 * (total - energy) + 1e-15 * total) {
      const { u, s, v: inner } = svdOf(image);
      return { u, s, v: flat(v.mmul(matrixOf(inner, width, width))) };
    }
    captured = energy;
    v = orthonormal(turned.mmul(orthonormal(image)));
  }
  return null;
}

/** Keeps what the cutoff asks for. `total`: ‖X‖², where more of it may be left than in `svd`. */
function cut({ u, s, v }: ThinSvd, cutoff: Cutoff, total: number = sumOfSquares(s)): LeadingSvd {
  const count = Math.min('rank' in cutoff ? cutoff.rank : enough(s, cutoff.energy * total), s.length);
  const first = (values: Float64Array): Float64Array => {
    const rows = values.length / s.length;
    const kept = new Float64Array(rows * count);
    for (let row = 0; row < rows; row++) kept.set(values.subarray(row * s.length, row * s.length + count), row * count);
    return kept;
  };
  const left = Math.max(0, total - sumOfSquares(s.subarray(0, count)));
  const relativeError = total === 0 ? 0 : Math.sqrt(left / total);
  return { u: first(u), s: s.slice(0, count), v: first(v), relativeError };
}

/** The smallest count of singular values, at least 1, whose squares sum to at least `energy`. */
function enough(s: Float64Array, energy: number): number {
  let sum = 0;
  const last = s.findIndex((value) => (sum += value * value) >= energy);
  return last < 0 ? s.length : last + 1;
}

const orthonormal = (matrix: Matrix): Matrix => new QrDecomposition(matrix).orthogonalMatrix;
const svdOf = (matrix: Matrix): ThinSvd => thinSvd(flat(matrix), matrix.rows, matrix.columns);
const energyOf = (matrix: Matrix): number => sumOfSquares(flat(matrix));
const sumOfSquares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

function matrixOf(values: ArrayLike<number>, rows: number, columns: number): Matrix {
  const matrix = Matrix.zeros(rows, columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) matrix.set(row, column, values[row * columns + column]!);
  return matrix;
}

function flat(matrix: Matrix): Float64Array {
  const values = new Float64Array(matrix.rows * matrix.columns);
  for (let row = 0; row < matrix.rows; row++) values.set(matrix.getRow(row), row * matrix.columns);
  return values;
}
