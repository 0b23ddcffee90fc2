/**
 * Which keys a query sees, as what attention needs of it: a bias of 0 or −1e9 that is added to the scores, and the queries that see
 * more than one key. One that sees a single key gives it the whole weight whatever its score, so that the score has no gradient.
 *
 * A query sees the keys that are not padding and, if attention is causal, not after it; with a window, the last so many of them.
 * One that sees none (padding before the text) weighs all keys alike, whatever their scores; nobody reads what comes out.
 */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { cached } from '../tensor/cached.ts';
import { keep } from '../tensor/engine.ts';

/** What a layer's queries may see of a text without padding. */
export interface Sight {
  readonly causal: boolean;
  /** Keys that a query sees at most: itself and those before it. Null: no limit. */
  readonly window: number | null;
}

/** The rows of the queries that share a key repeat one after the other, `group` times. */
export interface Visibility {
  /** [group · length, length], or [sequences, 1, group · length, length] where there is padding; null: everything is seen. */
  readonly bias: Tensor | null;
  /** 1 for a query that sees more than one key, else 0: [group · length, 1], or [sequences, 1, group · length, 1]; null: all do. */
  readonly choosing: Tensor | null;
}

/** Where the texts of a batch are padded. Owned by the batch, and with it what was made of it. */
export interface Padding {
  /** 1 for a token, 0 for padding, [sequences · length]. */
  readonly tokens: Uint8Array;
  readonly made: { [key: string]: Visibility };
}

/** Null where no token of the mask is 0. */
export function paddingOf(attentionMask: ArrayLike<number>): Padding | null {
  const tokens = Uint8Array.from(attentionMask, (value) => Number(value !== 0));
  return tokens.includes(0) ? { tokens, made: {} } : null;
}

export function visibility(
  { causal, window }: Sight,
  group: number,
  { length, padding }: { readonly length: number; readonly padding: Padding | null },
): Visibility {
  const key = `${causal}/${window}/${length}/${group}`;
  const sees = (query: number, at: number): boolean =>
    (!causal || at <= query) && (window === null || Math.abs(query - at) < window);
  if (padding) return (padding.made[key] ??= ofPadded(padding.tokens, sees, group, length));
  const all = !causal && (window === null || window >= length);
  return {
    bias: all ? null : cached(`bias/${key}`, () => tf.tensor2d(biasOf(sees, group, length), [group * length, length])),
    choosing:
      all && length > 1
        ? null
        : cached(`choosing/${key}`, () => tf.tensor2d(choosingOf(sees, group, length), [group * length, 1])),
  };
}

type Sees = (query: number, key: number) => boolean;

function ofPadded(tokens: Uint8Array, sees: Sees, group: number, length: number): Visibility {
  const sequences = tokens.length / length;
  const bias = new Float32Array(sequences * group * length * length);
  const choosing = new Float32Array(sequences * group * length);
  for (let s = 0; s < sequences; s++) {
    const seesToken: Sees = (query, key) => tokens[s * length + key] === 1 && sees(query, key);
    bias.set(biasOf(seesToken, group, length), s * group * length * length);
    choosing.set(choosingOf(seesToken, group, length), s * group * length);
  }
  return {
    bias: keep(tf.tensor4d(bias, [sequences, 1, group * length, length])),
    choosing: keep(tf.tensor4d(choosing, [sequences, 1, group * length, 1])),
  };
}

const biasOf = (sees: Sees, group: number, length: number): Float32Array =>
  Float32Array.from({ length: group * length * length }, (_, i) =>
    sees(Math.floor(i / length) % length, i % length) ? 0 : -1e9,
  );

function choosingOf(sees: Sees, group: number, length: number): Float32Array {
  const of = Float32Array.from({ length }, (_, query) => {
    let seen = 0;
    for (let key = 0; key < length && seen < 2; key++) seen += Number(sees(query, key));
    return Number(seen > 1);
  });
  return Float32Array.from({ length: group * length }, (_, i) => of[i % length]!);
}
