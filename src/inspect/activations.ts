/**
 * Numbers that a training step keeps from forward to backward: what the blocks of a transformer save (src/families/transformer.ts),
 * where something in them or below them trains. A test holds it against networks' own counts; wasm, where sharing a tensor is copying
 * it, holds more.
 *
 * Attention and SwiGLU have two writings: TensorFlow.js's operations, and the native engine's own kernels, which keep a logarithm for
 * each query in place of the probabilities, and no f(g). Norms keep as much in both.
 */
import { activations } from '../blocks/activations/index.ts';
import type { TransformerArchitecture } from '../families/architecture.ts';
import { piecesOf } from './activationPieces.ts';
import { type ActivationNumbers, beside, type Counted, counted, inChain, totalOf } from './countedBlock.ts';
import type { Outlined } from './inspectedSite.ts';
import { type SavedAt, savedAt } from './savedAt.ts';

/** In which writing of the blocks a step runs. */
export const writings = ['portable', 'kernels'] as const;
export type Writing = (typeof writings)[number];

/** Of one lane and sequences without padding. Short-lived tensors are not in it. */
export function activationNumbers(
  a: TransformerArchitecture,
  outlined: readonly Outlined[],
  writing: Writing,
): ActivationNumbers {
  const at = savedAt(outlined);
  const { names, positions } = a;
  const tables = [
    names.embedding,
    ...(positions.type === 'learned' ? [positions.table] : []),
    ...(names.tokenTypes ? [names.tokenTypes] : []),
  ];
  const input = beside(tables.map((name) => counted(at.adapts(name), { perToken: at.numbers(name) })));
  const norms = (name: string | undefined): Counted[] => (name ? [norm(at, name, a.width)] : []);
  const body = inChain([
    ...norms(names.embeddingNorm),
    ...Array.from({ length: a.layers }, (_, index) => layer(a, at, index, writing)).flat(),
    ...norms(names.finalNorm),
    ...transform(a, at),
  ]);
  const reached = input.trains || body.trains;
  // RoBERTa's positions, which are counted for each batch.
  const places = counted(true, { perToken: Number(positions.type === 'learned' && positions.padding !== null) });
  return totalOf([
    input.kept(input.trains, false),
    places.kept(input.trains, false),
    body.kept(reached, input.trains),
    head(a, at, reached),
  ]);
}

/** The normalized row and its factor. */
const norm = (at: SavedAt, name: string, width: number, heads = 1): Counted =>
  counted(at.adapts(`${name}.weight`, `${name}.bias`), { perToken: heads * (width + 1) });

/** Maps of one input, which is kept once if any of them is adapted. `isThere`: it is kept already. */
function maps(at: SavedAt, names: readonly string[], inputs: number, isThere = false): Counted {
  const adapted = at.adapts(...names);
  const own = adapted && !isThere ? inputs : 0;
  return counted(adapted || at.adapts(...names.map((name) => `${name}.bias`)), {
    perToken: own + at.numbers(...names),
  });
}

function layer(a: TransformerArchitecture, at: SavedAt, index: number, writing: Writing): Counted[] {
  const names = a.names.layer(index);
  const first = norm(at, names.attentionNorm, a.width);
  const second = norm(at, names.feedForwardNorm, a.width);
  const attend = attention(a, at, index, writing);
  const feed = feedForward(a, at, index, writing);
  switch (a.residual) {
    case 'pre':
      return [inChain([first, attend]), inChain([second, feed])];
    case 'post':
      return [attend, first, feed, second];
    case 'parallel':
      return [beside([inChain([first, attend]), inChain([second, feed])])];
  }
}

/** Queries, keys, values and outputs; the probabilities of each head, or a logarithm. The kernel's outputs are what the next map has. */
function attention(a: TransformerArchitecture, at: SavedAt, index: number, writing: Writing): Counted {
  const names = a.names.layer(index);
  const { heads, keyValueHeads, headWidth } = a;
  const byKernel = writing === 'kernels';
  const [queries, keys] = [heads * headWidth, keyValueHeads * headWidth];
  const normed = a.attention.queryKeyNorm
    ? [beside([norm(at, names.queryNorm!, headWidth, heads), norm(at, names.keyNorm!, headWidth, keyValueHeads)])]
    : [];
  return inChain([
    maps(at, names.projections, a.width),
    ...normed,
    counted(false, { perToken: 2 * queries + 2 * keys + (byKernel ? heads : 0), perPosition: byKernel ? 0 : heads }),
    maps(at, [names.attentionOutput], queries, byKernel),
  ]);
}

/** Gated: u, f(g) and what else the slope of f needs; SwiGLU's kernel: u and g. Plain: what the slope needs. */
function feedForward(a: TransformerArchitecture, at: SavedAt, index: number, writing: Writing): Counted {
  const names = a.names.layer(index);
  const { type, width, activation } = a.feedForward;
  const { count, keepsOutput } = piecesOf(activation);
  const byKernel = writing === 'kernels' && activations[activation] === activations.silu;
  const gated = byKernel ? 2 : 2 + count - Number(keepsOutput);
  return inChain([
    maps(at, names.feedForwardInput, a.width),
    counted(false, { perToken: (type === 'gated' ? gated : count) * width }),
    maps(at, [names.feedForwardOutput], width, type === 'plain' && keepsOutput),
  ]);
}

/** What a masked language model's rows go through before its output layer. */
function transform(a: TransformerArchitecture, at: SavedAt): Counted[] {
  const given = a.head.task === 'masked-lm' ? a.head.transform : null;
  if (!given) return [];
  const { count } = piecesOf(given.activation);
  return [maps(at, [given.map], a.width), counted(false, { perToken: count * a.width }), norm(at, given.norm, a.width)];
}

/** The probabilities of all rows; the input, where the output layer trains. */
function head(
  { head: end, names, tied, width, vocabulary }: TransformerArchitecture,
  at: SavedAt,
  reached: boolean,
): ActivationNumbers {
  switch (end.task) {
    case 'causal-lm':
    case 'masked-lm': {
      const shares = tied && at.replaces(names.embedding);
      const input = at.adapts(names.head) || shares ? width : 0;
      return { perToken: vocabulary + input + at.numbers(names.head), perPosition: 0, perSequence: 0 };
    }
    case 'sequence-classification': {
      const pooler = end.pooler === null ? [] : [maps(at, [end.pooler], width), counted(false, { perToken: width })];
      const before = inChain(pooler);
      const output = maps(at, [names.head], width, pooler.length > 0 && (reached || before.trains));
      const kept = [before.kept(reached || before.trains, reached), output.kept(true, true)];
      return { perToken: 0, perPosition: 0, perSequence: end.labels + totalOf(kept).perToken };
    }
    case 'feature':
      return { perToken: 0, perPosition: 0, perSequence: 0 };
  }
}
