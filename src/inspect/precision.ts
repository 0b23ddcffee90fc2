/** Bytes that a number takes, by who holds it: what a run holds here, or would hold in 16 bits. */
import { closestNames } from '../closestNames.ts';
import { RequestError } from '../errors.ts';

export interface Precision {
  /** A frozen number that no storage packs. */
  readonly base: number;
  /** A number that trains, as forward uses it and as it is saved. */
  readonly adapter: number;
  readonly gradients: number;
  /** A moment of a number that trains: AdamW has two of them, SGD with momentum one. */
  readonly moments: number;
  /** The optimizer's own copy of a number that trains, where forward uses a rounded one. */
  readonly master: number;
  readonly activations: number;
}

const sixteen: Precision = { base: 2, adapter: 2, gradients: 2, moments: 2, master: 0, activations: 2 };

/** What there is a name for. The 16 bits of bfloat16 and float16 are as many. */
export const precisions: Readonly<Record<string, Precision>> = {
  float32: { base: 4, adapter: 4, gradients: 4, moments: 4, master: 0, activations: 4 },
  bf16: sixteen,
  fp16: sixteen,
  /** Mixed precision, arXiv:1710.03740: 16 bits in the network, moments and a copy of what trains in 32. */
  mixed: { ...sixteen, moments: 4, master: 4 },
};

/** One of the named, with other bytes for some holders. A RequestError for a name or a number of bytes that cannot be. */
export function precisionOf(name: string, others: { readonly [holder: string]: number } = {}): Precision {
  const named = Object.hasOwn(precisions, name) ? precisions[name]! : null;
  if (!named) throw new RequestError(`unknown precision '${name}'; there are ${Object.keys(precisions).join(', ')}`);
  for (const [holder, bytes] of Object.entries(others)) {
    const holders = Object.keys(named);
    if (!holders.includes(holder))
      throw new RequestError(
        `bytes are held by ${holders.join(', ')}, not by '${holder}'; the nearest name is ${closestNames(holder, holders, 1)[0]}`,
      );
    if (!(bytes >= 0 && bytes <= 16))
      throw new RequestError(`the bytes of a number (${holder}) must be from 0 to 16, not ${bytes}`);
  }
  return { ...named, ...others };
}
