/** The places of a decoder, by the names of its checkpoint, in the order in which they are used. */
import type { FusedParts } from '../blocks/fit.ts';
import { RequestError } from '../errors.ts';
import { type DecoderArchitecture, fusedParts } from './architecture.ts';

export interface SiteInfo {
  readonly name: string;
  readonly kind: 'linear' | 'embedding' | 'vector';
  /** [in, out]; an embedding is [vocabulary, width], a vector [1, n]. */
  readonly shape: readonly [number, number];
  /** The tensor of the checkpoint that holds it. */
  readonly tensor: string;
  readonly isHead: boolean;
  readonly hasBias: boolean;
  readonly parts?: FusedParts;
}

export function sitesOf(a: DecoderArchitecture): SiteInfo[] {
  const { width, names, biases } = a;
  const keys = a.keyValueHeads * a.headWidth;
  const queries = a.heads * a.headWidth;
  const vector = (tensor: string, size: number): SiteInfo => ({
    name: tensor,
    tensor,
    kind: 'vector',
    shape: [1, size],
    isHead: false,
    hasBias: false,
  });
  const norm = (name: string): SiteInfo[] => [
    vector(`${name}.weight`, width),
    ...(a.norm.type === 'layer' ? [vector(`${name}.bias`, width)] : []),
  ];
  const linear = (name: string, shape: [number, number], hasBias: boolean, parts?: FusedParts): SiteInfo[] => [
    { name, tensor: `${name}.weight`, kind: 'linear', shape, isHead: false, hasBias, ...(parts && { parts }) },
    ...(hasBias ? [vector(`${name}.bias`, shape[1])] : []),
  ];
  const table = (name: string, rows: number): SiteInfo => ({
    name,
    tensor: `${name}.weight`,
    kind: 'embedding',
    shape: [rows, width],
    isHead: false,
    hasBias: false,
  });
  const layers = Array.from({ length: a.layers }, (_, index) => {
    const layer = names.layer(index);
    const inner = a.feedForward.width;
    return [
      norm(layer.attentionNorm),
      layer.projections.length === 1
        ? linear(layer.projections[0], [width, queries + 2 * keys], biases.attention, fusedParts(a))
        : layer.projections.flatMap((name, i) => linear(name, [width, i === 0 ? queries : keys], biases.attention)),
      linear(layer.attentionOutput, [queries, width], biases.output),
      norm(layer.feedForwardNorm),
      layer.feedForwardInput.flatMap((name) => linear(name, [width, inner], biases.feedForward)),
      linear(layer.feedForwardOutput, [inner, width], biases.feedForward),
    ].flat();
  }).flat();
  const head: SiteInfo = {
    name: names.head,
    tensor: a.tied ? `${names.embedding}.weight` : `${names.head}.weight`,
    kind: 'linear',
    shape: [width, a.vocabulary],
    isHead: true,
    hasBias: false,
  };
  return [
    table(names.embedding, a.vocabulary),
    ...(a.positions.type === 'learned' ? [table(a.positions.table, a.maxLength)] : []),
    ...layers,
    ...norm(names.finalNorm),
    ...(a.tied ? [] : [head]),
  ];
}

/** The shape of a site's tensor in the checkpoint: a kernel may be turned, a head always is, a vector has one axis. */
export function storedShape(
  { kind, isHead, shape: [inputs, outputs] }: SiteInfo,
  order: DecoderArchitecture['kernelOrder'],
): readonly number[] {
  if (kind === 'vector') return [outputs];
  return kind === 'linear' && (isHead || order === 'outIn') ? [outputs, inputs] : [inputs, outputs];
}

/** A RequestError where the checkpoint holds another shape than config.json says. */
export function checkStored(site: SiteInfo, order: DecoderArchitecture['kernelOrder'], found: readonly number[]): void {
  const expected = storedShape(site, order);
  if (found.join() !== expected.join())
    throw new RequestError(
      `the tensor ${site.tensor} should have the shape [${expected.join(', ')}] by config.json, but has [${found.join(', ')}]: config.json and weights are not of the same model`,
    );
}
