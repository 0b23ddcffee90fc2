/**
 * The keys and values of the positions that a text has had so far, for every attention of a causal network, so that the next token
 * goes through the network alone: no earlier position ever sees it.
 *
 * They lie in slots, 64 more whenever all are full, so that few shapes occur. A window has as many slots as it sees positions, and the
 * newest takes the place of the oldest: softmax does not ask for their order. A text goes in whole, and then one token at a time.
 */
import tf, { type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs';
import { keep, release } from '../tensor/engine.ts';
import { type Slots, slotRows, slots } from '../tensor/slots.ts';

export interface KeyValueCache {
  /** Positions that went through the whole network. */
  readonly length: number;
  /** Takes down the keys (turned) and values of an attention for a whole text: [sequences, keyValueHeads, positions, width] both. */
  start(attention: object, k: Tensor, v: Tensor, window: number | null): void;
  /** Those of one position more, [sequences · keyValueHeads, width] both, and then all that it sees: lent until the next call. */
  next(attention: object, k: Tensor2D, v: Tensor2D, window: number | null): Seen;
  /** What one position makes and all layers use, made once: lent until the position is past. The key must say all of it. */
  atPosition<T extends Tensor>(key: string, make: () => T): T;
  /** So many positions more went through the whole network. */
  advance(positions: number): void;
  /** Frees it all; the next text starts from nothing. */
  clear(): void;
}

export interface Seen {
  /** [sequences · keyValueHeads, slots, width] */
  readonly k: Tensor3D;
  readonly v: Tensor3D;
  /** [slots]: −1e9 where nothing is yet; null: all are full. */
  readonly bias: Tensor | null;
}

interface Held {
  readonly k: Slots;
  readonly v: Slots;
  /** Positions that were put there. */
  readonly put: number;
}

const step = 64;

export function keyValueCache(): KeyValueCache {
  const layers = new Map<object, Held>();
  const made = new Map<string, Tensor>();
  let length = 0;
  const forgetPosition = (): void => {
    release([...made.values()]);
    made.clear();
  };
  const atPosition = <T extends Tensor>(key: string, make: () => T): T => {
    let of = made.get(key);
    if (!of) made.set(key, (of = keep(make())));
    return of as T;
  };
  return {
    get length() {
      return length;
    },
    start(attention, k, v, window) {
      const put = Math.min(k.shape[2]!, window ?? Infinity);
      const capacity = capacityFor(put + 1, window);
      layers.set(attention, { k: slots(lastOf(k, put), capacity), v: slots(lastOf(v, put), capacity), put });
    },
    next(attention, k, v, window) {
      const before = layers.get(attention)!;
      const slot = before.put % (window ?? Infinity);
      const isFull = slot === before.k.capacity;
      const larger = (of: Slots): Slots => (isFull ? grown(of, capacityFor(slot + 1, window)) : of);
      const now = { k: larger(before.k), v: larger(before.v), put: before.put + 1 };
      layers.set(attention, now);
      const { capacity } = now.k;
      const groups = k.shape[0];
      const at = () => atPosition(`slot/${groups}/${capacity}/${slot}`, () => slotRows(groups, capacity, slot));
      now.k.put(k, slot, at);
      now.v.put(v, slot, at);
      const bias =
        now.put < capacity ? atPosition(`bias/${now.put}/${capacity}`, () => biasOf(now.put, capacity)) : null;
      return { k: now.k.all, v: now.v.all, bias };
    },
    atPosition,
    advance(positions) {
      length += positions;
      forgetPosition();
    },
    clear() {
      length = 0;
      forgetPosition();
      for (const { k, v } of layers.values()) for (const held of [k, v]) held.dispose();
      layers.clear();
    },
  };
}

const capacityFor = (positions: number, window: number | null): number =>
  Math.min(Math.ceil(positions / step) * step, window ?? Infinity);

const biasOf = (full: number, capacity: number): Tensor =>
  tf.tensor1d(Float32Array.from({ length: capacity }, (_, slot) => (slot < full ? 0 : -1e9)));

/** The same with more slots behind; what was is freed. */
function grown(held: Slots, capacity: number): Slots {
  const larger = slots(held.all, capacity);
  held.dispose();
  return larger;
}

/** The last positions, every head of every sequence by itself: [sequences · heads, kept, width]. */
function lastOf(x: Tensor, kept: number): Tensor3D {
  const [sequences, heads, positions, width] = x.shape as [number, number, number, number];
  const apart: Tensor3D = tf.reshape(x, [sequences * heads, positions, width]);
  return kept === positions ? apart : tf.slice(apart, [0, positions - kept, 0], [-1, kept, -1]);
}
