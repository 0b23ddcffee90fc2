/** Frozen matrices that all sites share: the numbers of a site's are the first ones of a matrix as wide as any site. */
import { createHash } from 'node:crypto';
import tf, { type Tensor } from '@tensorflow/tfjs';
import { RequestError } from '../../errors.ts';
import type { Arena } from '../../tensor/arena.ts';
import { stream } from '../../tensor/random.ts';
import { transposed } from '../../tensor/transposed.ts';
import type { Described } from '../json.ts';

export interface Projections extends Described {
  /** The first `inputs` rows of A, [inputs, rank]. */
  down(inputs: number, rank: number): Float32Array;
  /** The first `outputs` rows of Bᵀ, [outputs, rank]. */
  up(outputs: number, rank: number): Float32Array;
}

/** Kaiming-uniform, U(±√(6/fanIn)), from a seed that is not the run's. */
export function drawnProjections(seed: number): Projections {
  const draw = (name: string, size: number, fanIn: number): Float32Array => {
    const bound = Math.sqrt(6 / fanIn);
    return stream(seed, 'projection', name).fillUniform(new Float32Array(size), -bound, bound);
  };
  return {
    spec: { type: 'drawn', seed },
    down: (inputs, rank) => draw('down', inputs * rank, inputs),
    up: (outputs, rank) => draw('up', outputs * rank, rank),
  };
}

/** A [rank, inputs] and B [outputs, rank] as PEFT's files have them. */
export function givenProjections(a: StoredMatrix, b: StoredMatrix): Projections {
  const [rank, inputs] = a.shape;
  const hash = createHash('sha256').update(new Uint8Array(a.data.buffer, a.data.byteOffset, a.data.byteLength));
  hash.update(new Uint8Array(b.data.buffer, b.data.byteOffset, b.data.byteLength));
  const first = (whole: Float32Array, rows: number, width: number, name: string): Float32Array => {
    if (width !== rank || rows * width > whole.length)
      throw new RequestError(
        `the projection ${name} of rank ${rank} is too small for a site of width ${rows}, rank ${width}`,
      );
    return whole.subarray(0, rows * width);
  };
  const turned = transposed(a.data, rank, inputs);
  return {
    spec: { type: 'given', sha256: hash.digest('hex') },
    down: (rows, width) => first(turned, rows, width, 'A'),
    up: (rows, width) => first(b.data, rows, width, 'B'),
  };
}

interface StoredMatrix {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** One tensor for each name and shape in an arena, which owns it. */
export function sharedTensors(): (
  arena: Arena,
  name: string,
  shape: [number, number],
  values: () => Float32Array,
) => Tensor {
  const byArena = new WeakMap<Arena, Map<string, Tensor>>();
  return (arena, name, shape, values) => {
    const made = byArena.get(arena) ?? new Map<string, Tensor>();
    byArena.set(arena, made);
    const key = `${name}/${shape.join()}`;
    const found = made.get(key) ?? arena.own(tf.tensor2d(values(), shape));
    made.set(key, found);
    return found;
  };
}
