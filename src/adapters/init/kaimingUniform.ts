import type { Initializer } from './initializer.ts';

/**
 * U(−1/√fanIn, +1/√fanIn): Kaiming's uniform initialization (arXiv:1502.01852) with a = √5, whose bound √(6/((1 + a²) fanIn)) is
 * 1/√fanIn. What PEFT and loralib give A.
 */
export const kaimingUniform = (): Initializer => ({
  spec: { type: 'kaimingUniform' },
  isZero: false,
  fill(size, fanIn, random) {
    const bound = 1 / Math.sqrt(fanIn);
    return random.fillUniform(new Float32Array(size), -bound, bound);
  },
});
