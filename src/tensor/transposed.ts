/** A row-major matrix [rows, columns] on the host, turned to [columns, rows]. */
export function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  // Sixteen rows at a time, because sixteen numbers side by side are written at the cost of one.
  for (let top = 0; top < rows; top += 16) {
    const bottom = Math.min(rows, top + 16);
    for (let c = 0; c < columns; c++) for (let r = top; r < bottom; r++) turned[c * rows + r] = values[r * columns + c];
  }
  return turned;
}
