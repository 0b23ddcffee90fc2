/** A decoder's architecture and weights put together from blocks. Pre-norm: x + attention(norm x), x + feedForward(norm x). */
import type { Tensor2D } from '@tensorflow/tfjs';
import { attention } from '../blocks/attention.ts';
import type { Block } from '../blocks/block.ts';
import { chain } from '../blocks/chain.ts';
import type { TableMap } from '../blocks/embedding.ts';
import type { SiteFitter } from '../blocks/fit.ts';
import { gate } from '../blocks/gate.ts';
import { gelu } from '../blocks/gelu.ts';
import type { Head } from '../blocks/head.ts';
import { layerNorm } from '../blocks/layerNorm.ts';
import { linear } from '../blocks/linear.ts';
import type { LinearMap } from '../blocks/linearMap.ts';
import { positionEmbedding } from '../blocks/positionEmbedding.ts';
import { residual } from '../blocks/residual.ts';
import { rmsNorm } from '../blocks/rmsNorm.ts';
import { split } from '../blocks/split.ts';
import type { Frozen, FrozenTable } from '../tensor/frozen.ts';
import { type DecoderArchitecture, fusedParts } from './architecture.ts';

/** The frozen numbers by the names of their sites. */
export interface Weights {
  kernel(name: string): Frozen;
  table(name: string): FrozenTable;
  vector(name: string): Float32Array;
  has(name: string): boolean;
}

/** A network for token sequences: embedding, the blocks between, output layer. */
export interface DecoderNetwork {
  readonly embedding: TableMap;
  readonly body: Block;
  readonly head: Head;
}

export function decoder(a: DecoderArchitecture, weights: Weights, fit: SiteFitter): DecoderNetwork {
  const vector = (name: string): ReturnType<SiteFitter['vector']> => fit.vector(name, weights.vector(name));
  const table = (name: string): TableMap => fit.table(name, weights.table(name));
  const map = (name: string, fused = false): LinearMap => {
    const bias = weights.has(`${name}.bias`) ? vector(`${name}.bias`) : null;
    return fit.linear(name, weights.kernel(name), bias, fused ? fusedParts(a) : undefined);
  };
  const norm = (name: string): Block =>
    a.norm.type === 'rms'
      ? rmsNorm(vector(`${name}.weight`), a.norm.epsilon)
      : layerNorm(vector(`${name}.weight`), vector(`${name}.bias`), a.norm.epsilon);
  const mix = (): Block<Tensor2D[]> =>
    attention({
      heads: a.heads,
      keyValueHeads: a.keyValueHeads,
      headWidth: a.headWidth,
      rotaryFrequencies: a.positions.type === 'rotary' ? a.positions.frequencies : null,
    });
  const projections = (names: readonly string[]): Block<Tensor2D, Tensor2D[]> => {
    if (names.length > 1) return linear(names.map((name) => map(name)));
    const widths = Object.values(fusedParts(a)).map(([from, to]) => to - from);
    return chain([linear([map(names[0], true)]), split(widths)]);
  };

  const embedding = table(a.names.embedding);
  const positions = a.positions.type === 'learned' ? [positionEmbedding(table(a.positions.table), a.maxLength)] : [];
  const layers = Array.from({ length: a.layers }, (_, index) => {
    const names = a.names.layer(index);
    const { feedForwardInput: input } = names;
    return [
      residual(chain([norm(names.attentionNorm), projections(names.projections), mix(), map(names.attentionOutput)])),
      residual(
        chain([
          norm(names.feedForwardNorm),
          ...(input.length === 2 ? [linear(input.map((name) => map(name))), gate()] : [map(input[0]), gelu()]),
          map(names.feedForwardOutput),
        ]),
      ),
    ];
  }).flat();
  return {
    embedding,
    body: chain([...positions, ...layers, norm(a.names.finalNorm)]),
    head: fit.head(
      a.names.head,
      weights.kernel(a.names.head),
      weights.table(a.tied ? a.names.embedding : a.names.head),
      a.tied ? a.names.embedding : null,
    ),
  };
}
