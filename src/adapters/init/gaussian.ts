import { RequestError } from '../../errors.ts';
import type { Initializer } from './initializer.ts';

/** N(0, σ²); σ = 1/√fanIn unless given, so that a product keeps the variance of its input. */
export function gaussian({ sigma }: { sigma?: number } = {}): Initializer {
  if (sigma !== undefined && !(sigma > 0 && Number.isFinite(sigma)))
    throw new RequestError(`sigma must be a positive number, not ${sigma}; for a start at zero use zero()`);
  return {
    spec: { type: 'gaussian', sigma: sigma ?? '1/sqrt(fanIn)' },
    isZero: false,
    fill: (size, fanIn, random) => random.fillNormal(new Float32Array(size), sigma ?? 1 / Math.sqrt(fanIn)),
  };
}
