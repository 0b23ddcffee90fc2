import { float32Kernel } from '../../tensor/frozen.ts';
import type { Storage } from '../types.ts';

/** Four bytes a number, nothing lost. */
export const float32 = (): Storage => ({
  spec: { type: 'float32' },
  pack: float32Kernel,
  bytes: ([rows, columns]) => 4 * rows * columns,
});
