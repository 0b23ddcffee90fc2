/** A tensor as a file of adapters holds it, row-major. */
export interface StoredMatrix {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The tensors of a file of adapters. Reading one that is not there throws what the file says. */
export interface TensorFile {
  readonly file: string;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  read(key: string): StoredMatrix;
}
