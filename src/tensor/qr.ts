/** The thin QR decomposition of a matrix on the host, in float64, by Householder reflections:   X = Q R. */
import { Matrix, QrDecomposition } from 'ml-matrix';

export interface ThinQr {
  /** [rows, columns], row-major, orthonormal columns. */
  readonly q: Float64Array;
  /** [columns, columns], row-major, upper triangular; the diagonal has the sign that LAPACK gives it. */
  readonly r: Float64Array;
}

/** `values`: [rows, columns], row-major, at least as many rows as columns. */
export function thinQr(values: ArrayLike<number>, rows: number, columns: number): ThinQr {
  if (rows < columns || values.length !== rows * columns)
    throw new Error(`${values.length} numbers are no matrix of ${rows} rows and at most as many columns (${columns})`);
  const matrix = Matrix.zeros(rows, columns);
  for (let at = 0; at < values.length; at++) matrix.set(Math.floor(at / columns), at % columns, values[at]!);
  const { orthogonalMatrix, upperTriangularMatrix } = new QrDecomposition(matrix);
  return {
    q: Float64Array.from(orthogonalMatrix.to1DArray()),
    r: Float64Array.from(upperTriangularMatrix.to1DArray()),
  };
}
