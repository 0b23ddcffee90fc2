/** A base that was never trained: matrices N(0, 1/in), an embedding N(0, 1/width), gains one, biases zero. For pretraining and tests. */
import { createHash } from 'node:crypto';
import { architectureOf } from '../families/index.ts';
import { sitesOf } from '../families/sites.ts';
import { stream } from '../tensor/random.ts';
import type { WeightSource } from './base.ts';

/** The same config and seed give the same numbers everywhere. */
export function randomWeights(config: object, seed: number): WeightSource {
  const sites = new Map(sitesOf(architectureOf(config)).map((site) => [site.tensor, site]));
  return {
    config,
    names: () => [...sites.keys()],
    has: (tensor) => sites.has(tensor),
    read(tensor) {
      const site = sites.get(tensor);
      if (!site) throw new Error(`a network of this config has no tensor ${tensor}`);
      const [inputs, outputs] = site.shape;
      if (site.kind === 'vector') {
        const value = tensor.endsWith('.bias') ? 0 : 1;
        return { shape: [outputs], data: new Float32Array(outputs).fill(value) };
      }
      const fanIn = site.kind === 'embedding' ? outputs : inputs;
      const data = stream(seed, 'weights', tensor).fillNormal(new Float32Array(inputs * outputs), 1 / Math.sqrt(fanIn));
      return { shape: site.stored, data };
    },
    hash: () =>
      createHash('sha256')
        .update(JSON.stringify([config, seed]))
        .digest('hex'),
  };
}
