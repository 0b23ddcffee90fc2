/** Rows and columns that are turned together, so that what is written stays in the cache until its line is full. */
const SIDE = 32;

/** A row-major matrix [rows, columns] on the host, turned to [columns, rows]. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row += SIDE)
    for (let column = 0; column < columns; column += SIDE) {
      const lastRow = Math.min(rows, row + SIDE);
      const lastColumn = Math.min(columns, column + SIDE);
      for (let c = column; c < lastColumn; c++)
        for (let r = row; r < lastRow; r++) turned[c * rows + r] = values[r * columns + c]!;
    }
  return turned;
}
