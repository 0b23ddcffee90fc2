import { float32Kernel } from '../../tensor/frozen.ts';
import { transposed } from '../../tensor/transposed.ts';
import type { Storage } from '../types.ts';

/** Four bytes a number, nothing lost. */
export const float32 = (): Storage => ({
  spec: { type: 'float32' },
  pack: (values, [rows, columns], order) =>
    order === 'inOut'
      ? float32Kernel(values, [rows, columns])
      : float32Kernel(transposed(values, rows, columns), [columns, rows]),
  bytes: ([rows, columns]) => 4 * rows * columns,
});
