/**
 * The thin singular value decomposition of a matrix on the host, in float64:   X = U diag(s) Vᵀ.
 *
 * Golub and Reinsch (Numerische Mathematik 14 (1970) 403) as ml-matrix has it. A matrix that is much longer than wide goes through
 * its QR decomposition first, X = Q R with R small, and U = Q U_R (Chan, ACM TOMS 8 (1982) 72): as exact, and several times faster.
 */
import { Matrix, QrDecomposition, SingularValueDecomposition } from 'ml-matrix';

/** k = min(rows, columns). The sign of each pair (column of U, column of V) is free. */
export interface ThinSvd {
  /** [rows, k], row-major, orthonormal columns. */
  readonly u: Float64Array;
  /** [k], from the largest down, none below zero. */
  readonly s: Float64Array;
  /** [columns, k], row-major, orthonormal columns: Vᵀ's rows are its columns. */
  readonly v: Float64Array;
}

/** `values`: [rows, columns], row-major. Throws where there are not as many, none, or any that is not finite. */
export function thinSvd(values: ArrayLike<number>, rows: number, columns: number): ThinSvd {
  if (values.length !== rows * columns || values.length === 0)
    throw new Error(`a matrix of ${rows} rows and ${columns} columns does not have ${values.length} numbers`);
  const matrix = Matrix.zeros(rows, columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column]!;
      if (!Number.isFinite(value))
        throw new Error(`no singular values: the number in row ${row}, column ${column} is ${value}`);
      matrix.set(row, column, value);
    }
  if (rows >= columns) {
    const { u, s, v } = tall(matrix);
    return { u: flat(u), s, v: flat(v) };
  }
  const { u, s, v } = tall(matrix.transpose());
  return { u: flat(v), s, v: flat(u) };
}

/** Of a matrix with at least as many rows as columns. */
function tall(matrix: Matrix): { u: Matrix; s: Float64Array; v: Matrix } {
  const isLong = matrix.rows > 1.5 * matrix.columns; // from there on the reduction pays
  const qr = isLong ? new QrDecomposition(matrix) : null;
  const core = qr ? qr.upperTriangularMatrix : matrix;
  const { leftSingularVectors, rightSingularVectors, diagonal } = new SingularValueDecomposition(core);
  const u = qr ? qr.orthogonalMatrix.mmul(leftSingularVectors) : leftSingularVectors;
  return { u, s: Float64Array.from(diagonal), v: rightSingularVectors };
}

function flat(matrix: Matrix): Float64Array {
  const values = new Float64Array(matrix.rows * matrix.columns);
  for (let row = 0; row < matrix.rows; row++) values.set(matrix.getRow(row), row * matrix.columns);
  return values;
}
