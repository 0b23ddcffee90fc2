/**
 * One root seed, any number of independent named streams. What a stream draws depends on its seed and its names alone: not on
 * the engine, nor on the order in which streams are opened, nor on what other streams drew.
 *
 *   key = first 128 bits of SHA-256 of JSON([seed, ...names]),   draws = sfc32(key)
 *
 * sfc32 is Chris Doty-Humphrey's "small fast counting" generator (PractRand 0.94): 128 bits of state, period at least 2^32 for
 * every key. Normal numbers come from Marsaglia's polar method in float64 (SIAM Review 6 (1964) 260), whose only inexact
 * function is Math.log.
 */
import { createHash } from 'node:crypto';
import { RequestError } from '../errors.ts';

export interface Stream {
  /** A float64 in [0, 1) with 53 random bits. */
  uniform(): number;
  /** An integer in [0, n), each equally likely; n is an integer from 1 to 2^32. */
  integer(n: number): number;
  /** A float64 from the standard normal distribution. */
  normal(): number;
  /** Permutes in place (Fisher-Yates) and gives the same array back. */
  shuffle<Items extends unknown[] | Int32Array>(items: Items): Items;
  /** Overwrites all of `target` with normal numbers of mean 0 and standard deviation `std`, and gives it back. */
  fillNormal(target: Float32Array, std: number): Float32Array;
  /** Overwrites all of `target` with numbers uniform between `low` and `high`, and gives it back. */
  fillUniform(target: Float32Array, low: number, high: number): Float32Array;
  /** n independent draws: 1 with probability `keep`, else 0. No scaling by 1/keep: that is the caller's. */
  mask(n: number, keep: number): Uint8Array;
}

/**
 * The stream of this seed and these names, from its beginning. The names 1 and '1' differ, and so do ('ab') and ('a', 'b').
 * Throws a RequestError for a seed that is not a safe integer and for a name that is a number but not finite.
 */
export function stream(seed: number, ...names: (string | number)[]): Stream {
  const bits = sfc32(keyOf(seed, names));
  let spareNormal: number | null = null;

  const uniform = (): number => ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53;

  function integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new Error(`integer(n) needs an integer n from 1 to 2^32, not ${n}`);
    }
    // The last, incomplete block of n values would favour small results.
    const limit = 2 ** 32 - (2 ** 32 % n);
    let drawn = bits();
    while (drawn >= limit) drawn = bits();
    return drawn % n;
  }

  function normal(): number {
    if (spareNormal !== null) {
      const spare = spareNormal;
      spareNormal = null;
      return spare;
    }
    let x = 0;
    let y = 0;
    let radiusSquared = 0;
    while (radiusSquared === 0 || radiusSquared >= 1) {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      radiusSquared = x * x + y * y;
    }
    const factor = Math.sqrt((-2 * Math.log(radiusSquared)) / radiusSquared);
    spareNormal = y * factor;
    return x * factor;
  }

  return {
    uniform,
    integer,
    normal,
    shuffle(items) {
      for (let last = items.length - 1; last > 0; last--) {
        const other = integer(last + 1);
        [items[last], items[other]] = [items[other], items[last]];
      }
      return items;
    },
    fillNormal(target, std) {
      for (let i = 0; i < target.length; i++) target[i] = std * normal();
      return target;
    },
    fillUniform(target, low, high) {
      for (let i = 0; i < target.length; i++) target[i] = low + (high - low) * uniform();
      return target;
    },
    mask(n, keep) {
      if (!(keep >= 0 && keep <= 1)) throw new Error(`mask(n, keep) needs 0 <= keep <= 1, not ${keep}`);
      const kept = new Uint8Array(n);
      const threshold = keep * 2 ** 32;
      for (let i = 0; i < n; i++) kept[i] = bits() < threshold ? 1 : 0;
      return kept;
    },
  };
}

function keyOf(seed: number, names: readonly (string | number)[]): [number, number, number, number] {
  if (!Number.isSafeInteger(seed)) throw new RequestError(`A seed must be a whole number below 2^53, not ${seed}.`);
  const odd = names.find((name) => typeof name === 'number' && !Number.isFinite(name));
  if (odd !== undefined)
    throw new RequestError(`The name of a random stream must be a text or a finite number, not ${odd}.`);
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...names]))
    .digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12)];
}

/** Gives unsigned 32-bit integers. */
function sfc32([a, b, c, counter]: [number, number, number, number]): () => number {
  return () => {
    const drawn = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  };
}
