/** A transformer's places put together. The only file that knows the order of its blocks. */
import type { Tensor2D } from '@tensorflow/tfjs';
import { activate } from '../blocks/activate.ts';
import { activations } from '../blocks/activations/index.ts';
import { attention } from '../blocks/attention.ts';
import type { Block } from '../blocks/block.ts';
import { type AnyBlock, chain } from '../blocks/chain.ts';
import { each } from '../blocks/each.ts';
import { gate } from '../blocks/gate.ts';
import { layerNorm } from '../blocks/layerNorm.ts';
import { linear } from '../blocks/linear.ts';
import type { LinearMap } from '../blocks/linearMap.ts';
import { perHead } from '../blocks/perHead.ts';
import { recomputed } from '../blocks/recomputed.ts';
import { residual } from '../blocks/residual.ts';
import { rmsNorm } from '../blocks/rmsNorm.ts';
import { split, splitByHead } from '../blocks/split.ts';
import { sum } from '../blocks/sum.ts';
import { tokenEmbedding } from '../blocks/tokenEmbedding.ts';
import { fusedParts, type LayerNames, type TransformerArchitecture } from './architecture.ts';
import type { Network, NetworkOptions } from './network.ts';
import type { Places, Shape } from './places.ts';
import { headOf } from './transformerHead.ts';

export function transformer(a: TransformerArchitecture, places: Places, { recompute }: NetworkOptions): Network {
  const { names } = a;
  const tokens = places.table(names.embedding, [a.vocabulary, a.width]);
  const { positions: p, maxLength } = a;
  const positions =
    p.type === 'learned' ? { table: places.table(p.table, [p.rows, a.width]), maxLength, padding: p.padding } : null;
  const types = names.tokenTypes ? places.table(names.tokenTypes, [a.tokenTypes, a.width]) : null;
  const normAt = (name: string | undefined): Block[] => (name ? [norm(a, places, name, a.width)] : []);
  const body = chain<Tensor2D, Tensor2D>([
    ...normAt(names.embeddingNorm),
    ...Array.from({ length: a.layers }, (_, index) => {
      const blocks = layer(a, places, index);
      return recompute ? [recomputed(chain<Tensor2D, Tensor2D>(blocks))] : blocks;
    }).flat(),
    ...normAt(names.finalNorm),
    ...transformBlocks(a, places),
  ]);
  return {
    input: tokenEmbedding({ tokens, positions, types }) as unknown as Network['input'],
    body: body as unknown as Network['body'],
    head: headOf(a, places),
  };
}

/** What a masked language model's rows go through before its output layer. */
function transformBlocks(a: TransformerArchitecture, places: Places): Block[] {
  const transform = a.head.task === 'masked-lm' ? a.head.transform : null;
  if (!transform) return [];
  return [
    places.linear(transform.map, [a.width, a.width], { bias: true }),
    activate(activations[transform.activation]),
    norm(a, places, transform.norm, a.width),
  ];
}

/** The blocks of a layer, asked for in the order in which they are used. */
function layer(a: TransformerArchitecture, places: Places, index: number): Block[] {
  const names = a.names.layer(index);
  const first = (): Block => norm(a, places, names.attentionNorm, a.width);
  const second = (): Block => norm(a, places, names.feedForwardNorm, a.width);
  const attend = (): Block => chain(attentionBlocks(a, places, names, index));
  const feed = (): Block => chain(feedForwardBlocks(a, places, names));
  switch (a.residual) {
    case 'pre':
      return [residual(chain([first(), attend()])), residual(chain([second(), feed()]))];
    case 'post':
      return [residual(attend()), first(), residual(feed()), second()];
    case 'parallel':
      return [residual(sum(chain([first(), attend()]), chain([second(), feed()])))];
  }
}

function norm(
  { norm: { type, epsilon } }: TransformerArchitecture,
  places: Places,
  name: string,
  width: number,
): Block {
  const gain = places.vector(`${name}.weight`, width);
  return type === 'rms' ? rmsNorm(gain, epsilon) : layerNorm(gain, places.vector(`${name}.bias`, width), epsilon);
}

function attentionBlocks(a: TransformerArchitecture, places: Places, names: LayerNames, index: number): AnyBlock[] {
  const { heads, keyValueHeads, headWidth, width, positions } = a;
  const { causal, windows, scales, queryKeyNorm } = a.attention;
  const queries = heads * headWidth;
  const normed = queryKeyNorm
    ? [
        each([
          perHead(norm(a, places, names.queryNorm!, headWidth), heads),
          perHead(norm(a, places, names.keyNorm!, headWidth), keyValueHeads),
          null,
        ]),
      ]
    : [];
  const rope = positions.type === 'rotary' ? positions.rope : null;
  return [
    ...projections(a, places, names),
    ...normed,
    attention({ heads, keyValueHeads, headWidth, causal, window: windows[index]!, scale: scales[index]!, rope }),
    places.linear(names.attentionOutput, [queries, width], { bias: a.biases.output, order: a.kernelOrder }),
  ];
}

function projections(a: TransformerArchitecture, places: Places, { projections: names }: LayerNames): AnyBlock[] {
  const { width, heads, keyValueHeads, headWidth } = a;
  const widths = [heads, keyValueHeads, keyValueHeads].map((n) => n * headWidth);
  const options = { bias: a.biases.attention, order: a.kernelOrder };
  if (names.length > 1) return [linear(names.map((name, i) => places.linear(name, [width, widths[i]!], options)))];
  const shape: Shape = [width, widths.reduce((x, y) => x + y)];
  const fused = { ...options, parts: fusedParts(a) };
  if (a.attention.fused === 'perHead')
    return [places.linear(names[0], shape, { ...fused, byHead: heads }), splitByHead(heads, 3)];
  return [places.linear(names[0], shape, fused), split(widths)];
}

function feedForwardBlocks(a: TransformerArchitecture, places: Places, names: LayerNames): AnyBlock[] {
  const { width, feedForward, kernelOrder: order } = a;
  const options = { bias: a.biases.feedForward, order };
  const f = activations[feedForward.activation];
  const map = (name: string, shape: Shape): LinearMap => places.linear(name, shape, options);
  const into = names.feedForwardInput.map((name) => map(name, [width, feedForward.width]));
  return [
    ...(feedForward.type === 'gated' ? [linear(into), gate(f)] : [into[0]!, activate(f)]),
    map(names.feedForwardOutput, [feedForward.width, width]),
  ];
}
