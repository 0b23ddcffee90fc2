/**
 * The keys and values of the positions that a text has had so far, for every attention of a causal network, so that the next token
 * goes through the network alone: no earlier position ever sees it.
 *
 * Per attention they are K and V [sequences, keyValueHeads, positions, width], keys turned already. A window of n keeps the last n − 1,
 * which are all that a later query sees. A text goes in whole, and then one token at a time.
 */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { keep, release } from '../tensor/engine.ts';

export interface KeyValueCache {
  /** Positions that went through the whole network. */
  readonly length: number;
  /** The keys and values of an attention with those that come now behind them: lent until the next call for it. */
  extend(attention: object, now: KeysAndValues, window: number | null): KeysAndValues;
  /** What one position makes and all layers use, made once: lent until the position is past. The key must say all of it. */
  atPosition(key: string, make: () => Tensor): Tensor;
  /** So many positions more went through the whole network. */
  advance(positions: number): void;
  /** Frees it all; the next text starts from nothing. */
  clear(): void;
}

/** [sequences, keyValueHeads, positions, width] both. */
export interface KeysAndValues {
  readonly k: Tensor;
  readonly v: Tensor;
}

export function keyValueCache(): KeyValueCache {
  const held = new Map<object, KeysAndValues>();
  const made = new Map<string, Tensor>();
  let length = 0;
  const behind = (past: Tensor | undefined, now: Tensor, window: number | null): Tensor => {
    if (!past) return lastOf(now, window);
    return tf.concat([lastOf(past, window), now], 2);
  };
  const forgetPosition = (): void => {
    release([...made.values()]);
    made.clear();
  };
  return {
    get length() {
      return length;
    },
    extend(attention, now, window) {
      const past = held.get(attention);
      const k = keep(behind(past?.k, now.k, window));
      const v = keep(behind(past?.v, now.v, window));
      held.set(attention, { k, v });
      release(past);
      return { k, v };
    },
    atPosition(key, make) {
      let of = made.get(key);
      if (!of) made.set(key, (of = keep(make())));
      return of;
    },
    advance(positions) {
      length += positions;
      forgetPosition();
    },
    clear() {
      length = 0;
      forgetPosition();
      release([...held.values()]);
      held.clear();
    },
  };
}

/** The positions that a later query sees within a window: all but one of it. A tensor of its own. */
function lastOf(x: Tensor, window: number | null): Tensor {
  const [sequences, heads, positions, width] = x.shape as [number, number, number, number];
  if (window === null || positions < window) return tf.clone(x);
  const kept = window - 1;
  return tf.slice(x, [0, 0, positions - kept, 0], [sequences, heads, kept, width]);
}
