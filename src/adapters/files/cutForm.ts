/** The form of a tensor of an AdaLoRA of which only some triplets are in the file. The others are zero when it is read. */
import type { StoredTensor } from './storedTensor.ts';

/** `kept`: for each triplet of the initial rank, whether it is there. */
export function cutForm(whole: StoredTensor, role: string, kept: readonly boolean[]): StoredTensor {
  const axis = role === 'up' ? 1 : 0; // P is [out, r] in files, Q [r, in] and λ [r, 1]
  const places = [...kept.keys()].filter((r) => kept[r]);
  const shape = whole.shape.map((size, i) => (i === axis ? places.length : size));
  const [rows, columns] = shape as [number, number];
  const wide = whole.shape[1]!;
  /** Where in the whole tensor a number of the cut one stands. */
  const at = (row: number, column: number): number =>
    axis === 0 ? places[row]! * wide + column : row * wide + places[column]!;
  return {
    key: whole.key,
    shape,
    toFile(values) {
      const all = whole.toFile(values);
      const cut = new Float32Array(rows * columns);
      for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) cut[i * columns + j] = all[at(i, j)]!;
      return cut;
    },
    fromFile(cut) {
      const all = new Float32Array(whole.shape.reduce((a, b) => a * b, 1));
      for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) all[at(i, j)] = cut[i * columns + j]!;
      return whole.fromFile(all);
    },
  };
}
