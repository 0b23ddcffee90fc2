/**
 * Numbers that a training step keeps from forward to backward, per token of the batch: what the blocks of decoder.ts save, where
 * something below them or in them trains (blocks/chain.ts). A test holds it against a network's own count; wasm, where sharing a
 * tensor is copying it, holds more.
 */
import type { DecoderArchitecture } from '../families/architecture.ts';
import type { Outlined } from './inspectedSite.ts';
import type { ActivationNumbers } from './memory.ts';

/** A block by what it would save. */
interface Saves {
  readonly trains: boolean;
  readonly perToken: number;
  readonly perPosition?: number;
}

/** n tokens in sequences of L positions keep n (perToken + perPosition · L) numbers. Short-lived tensors are not in it. */
export function activationNumbers(a: DecoderArchitecture, places: readonly Outlined[]): ActivationNumbers {
  const { norm, maps, positions, attention, feedForward, embedding, head } = blocksOf(a, places);
  const layers = Array.from({ length: a.layers }, (_, index) => {
    const names = a.names.layer(index);
    return [
      [
        norm(names.attentionNorm),
        maps(names.projections, a.width),
        attention,
        maps([names.attentionOutput], a.heads * a.headWidth),
      ],
      [
        norm(names.feedForwardNorm),
        maps(names.feedForwardInput, a.width),
        feedForward,
        maps([names.feedForwardOutput], a.feedForward.width),
      ],
    ];
  }).flat();
  const body = [...positions, ...layers, [norm(a.names.finalNorm)]];
  const kept = [...(embedding.trains ? [embedding] : []), ...keptIn(body, embedding.trains), head];
  return {
    perToken: kept.reduce((n, { perToken }) => n + perToken, 0),
    perPosition: kept.reduce((n, { perPosition = 0 }) => n + perPosition, 0),
  };
}

/** A chain of chains saves from the lowest block that trains on, and everywhere if something below it trains. */
function keptIn(chains: readonly (readonly Saves[])[], below: boolean): Saves[] {
  const lowest = chains.findIndex((blocks) => blocks.some(({ trains }) => trains));
  if (lowest < 0 && !below) return [];
  return chains.flatMap((blocks, i) => {
    if (below || i > lowest) return blocks;
    return i < lowest ? [] : blocks.slice(blocks.findIndex(({ trains }) => trains));
  });
}

interface Blocks {
  readonly embedding: Saves;
  readonly positions: readonly (readonly Saves[])[];
  readonly norm: (name: string) => Saves;
  readonly maps: (names: readonly string[], inputs: number) => Saves;
  readonly attention: Saves;
  readonly feedForward: Saves;
  readonly head: Saves;
}

function blocksOf(a: DecoderArchitecture, places: readonly Outlined[]): Blocks {
  const { names, width, vocabulary } = a;
  /** What the parts of a method save, by site; a part of a fused projection counts for the whole. */
  const saved = new Map<string, number>();
  for (const { place, outlines } of places) {
    const site = place.name.split(':')[0]!;
    saved.set(
      site,
      outlines.reduce((n, { savedPerRow }) => n + savedPerRow, saved.get(site) ?? 0),
    );
  }
  const trains = (...sites: readonly string[]): boolean => sites.some((site) => saved.has(site));
  const savedAt = (...sites: readonly string[]): number => sites.reduce((n, site) => n + (saved.get(site) ?? 0), 0);
  const table = (name: string): Saves => ({ trains: trains(name), perToken: savedAt(name) });
  const whole = places.filter(({ outlines: [update] }) => update.replaces).map(({ place }) => place.name);
  const headTrains = trains(names.head) || (a.tied && whole.includes(names.embedding));
  const queries = a.heads * a.headWidth;
  const keys = a.keyValueHeads * a.headWidth;
  return {
    embedding: table(names.embedding),
    positions: a.positions.type === 'learned' ? [[table(a.positions.table)]] : [],
    // The normalized row and its factor.
    norm: (name) => ({ trains: trains(`${name}.weight`, `${name}.bias`), perToken: width + 1 }),
    // Their one input, if any is adapted.
    maps: (sites, inputs) => ({
      trains: trains(...sites, ...sites.map((site) => `${site}.bias`)),
      perToken: (trains(...sites) ? inputs : 0) + savedAt(...sites),
    }),
    // Queries, keys, values and outputs; the probabilities of each head.
    attention: { trains: false, perToken: 2 * queries + 2 * keys, perPosition: a.heads },
    // Gated: u, σ(g), g σ(g). Plain: x, tanh.
    feedForward: { trains: false, perToken: (a.feedForward.type === 'gated' ? 3 : 2) * a.feedForward.width },
    // The probabilities of all tokens; the input, if the head trains.
    head: { trains: headTrains, perToken: vocabulary + (headTrains ? width : 0) + savedAt(names.head) },
  };
}
