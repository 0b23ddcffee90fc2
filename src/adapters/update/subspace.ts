/**
 * A random subspace of d dimensions in the space of all D numbers that a method moves:   θ = θ₀ + P z,   P [D, d] with one entry a row,
 *
 *   (P z)_i = σ_i z_c(i) / √n_c(i),   σ_i = ±1 at random,   n_c = how many of the D numbers coordinate c moves,   so that PᵀP = I.
 *
 * Coordinates are dealt like cards: all d in random order, then all again, through the sites. So n_c differs by one at most, no
 * coordinate is idle, and P is a change of order and signs where d = D.
 */
import type { Stream } from '../../tensor/random.ts';

/** Of one lane. */
export interface Subspace {
  /** The next numbers: σ (c + 1) of each, c counted from 0. */
  deal(numbers: number, stream: Stream): Float32Array;
  /** Numbers dealt so far (D, when all sites are there). */
  readonly dealt: number;
  /** 1 / √n_c of each coordinate. */
  scales(): Float32Array;
}

export function createSubspace(dimension: number): Subspace {
  const deck = Int32Array.from({ length: dimension }, (_, coordinate) => coordinate);
  let dealt = 0;
  return {
    get dealt() {
      return dealt;
    },
    deal(numbers, stream) {
      return Float32Array.from({ length: numbers }, () => {
        const at = dealt % dimension;
        const other = at + stream.integer(dimension - at); // the next card of a deck that is shuffled while it is dealt
        const drawn = deck[other];
        deck[other] = deck[at];
        deck[at] = drawn;
        dealt += 1;
        return stream.integer(2) === 1 ? drawn + 1 : -(drawn + 1);
      });
    },
    scales() {
      const scales = new Float32Array(dimension);
      deck.forEach((coordinate, at) => {
        const count = Math.floor(dealt / dimension) + (at < dealt % dimension ? 1 : 0);
        scales[coordinate] = count === 0 ? 0 : 1 / Math.sqrt(count);
      });
      return scales;
    },
  };
}

/** P z at some numbers: `cards` as they were dealt, `scaled` z_c / √n_c. Written to `out`. */
export function spread(cards: Float32Array, scaled: Float32Array, out: Float32Array): void {
  for (let i = 0; i < cards.length; i++) {
    const card = cards[i] | 0;
    out[i] = card > 0 ? scaled[card - 1] : -scaled[-card - 1];
  }
}

/** Pᵀ g of those numbers, each coordinate times its scale; written to `out` [d]. `sums` [d] is room for the sums, in double precision. */
export function gathered(
  cards: Float32Array,
  g: Float32Array,
  scales: Float32Array,
  out: Float32Array,
  sums: Float64Array = new Float64Array(out.length),
): void {
  sums.fill(0);
  for (let i = 0; i < cards.length; i++) {
    const card = cards[i] | 0;
    if (card > 0) sums[card - 1] += g[i];
    else sums[-card - 1] -= g[i];
  }
  for (let c = 0; c < out.length; c++) out[c] = sums[c] * scales[c];
}
