/** What a checkpoint's files hold: numbers by their type, from the headers alone. */
import { openSafetensors } from '../checkpoint/safetensors.ts';
import { findWeightFiles } from '../checkpoint/weightFiles.ts';

export interface StoredTypes {
  /** Of the tensors; headers apart. */
  readonly bytes: number;
  /** How many numbers there are of each: { BF16: 1_000, F32: 12 }. */
  readonly numbers: { readonly [dtype: string]: number };
}

export function storedTypes(folder: string): StoredTypes {
  let bytes = 0;
  const numbers: Record<string, number> = {};
  for (const path of findWeightFiles(folder).files) {
    const file = openSafetensors(path);
    try {
      for (const { dtype, shape, bytes: own } of file.tensors.values()) {
        bytes += own;
        numbers[dtype] = (numbers[dtype] ?? 0) + shape.reduce((a, b) => a * b, 1);
      }
    } finally {
      file.close();
    }
  }
  return { bytes, numbers };
}
