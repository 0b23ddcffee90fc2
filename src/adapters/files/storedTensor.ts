/**
 * The name and form of a tensor in a file. Ours are [in, out] with an embedding's [vocabulary, width]; in files of PEFT everything is
 * in torch's orientation, GPT-2's Conv1D included.
 */
import { transposed } from '../../tensor/transposed.ts';

export interface StoredTensor {
  readonly key: string;
  readonly shape: readonly number[];
  /** From our row-major numbers to the file's, and back. */
  toFile(values: Float32Array): Float32Array;
  fromFile(values: Float32Array): Float32Array;
}

/** The same numbers in the same order; `shape` as the file has it. */
export const asIs = (key: string, shape: readonly number[]): StoredTensor => ({
  key,
  shape,
  toFile: (values) => values,
  fromFile: (values) => values,
});

/** A matrix of ours [rows, columns], which the file has the other way round. */
export function turned(key: string, [rows, columns]: readonly number[]): StoredTensor {
  return {
    key,
    shape: [columns!, rows!],
    toFile: (values) => transposed(values, rows!, columns!),
    fromFile: (values) => transposed(values, columns!, rows!),
  };
}
