import type { Initializer } from './initializer.ts';

export const zero = (): Initializer => ({
  spec: { type: 'zero' },
  isZero: true,
  fill: (size) => new Float32Array(size),
});
