/**
 * Rows that come one after the other, in a tensor that is written in place: a new tensor for each would copy all that are there.
 *
 * Native: TensorFlow's InplaceUpdate, whose result is its input. wasm keeps a packed form of what it multiplied by, and must be handed a
 * new tensor: there the numbers lie on the host.
 */
import tf, { type Tensor1D, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs';
import { isNative, keep, release, scalar, scoped } from './engine.ts';
import { operation } from './nativeBackend.ts';

export interface Slots {
  /** [groups, capacity, width]; lent until the next `put`, which changes or frees it. */
  readonly all: Tensor3D;
  readonly capacity: number;
  /** Writes rows [groups, width], one into the slot of each group. `at`: slotRows of the same, for as long as the call. */
  put(rows: Tensor2D, slot: number, at: () => Tensor1D): void;
  dispose(): void;
}

/** A copy of [groups, rows, width] with as many slots as asked for, 0 behind. */
export function slots(first: Tensor3D, capacity: number): Slots {
  const [groups, rows, width] = first.shape;
  // Adding 0 copies, where a clone would share its memory with the original.
  const copied = scoped((): Tensor3D =>
    capacity === rows ? tf.add(first, scalar(0)) : tf.concat([first, tf.zeros([groups, capacity - rows, width])], 1),
  )();
  return isNative() ? onDevice(keep(copied)) : onHost(keep(copied));
}

/** The rows of a slot, counted over all groups: [groups]. */
export const slotRows = (groups: number, capacity: number, slot: number): Tensor1D =>
  tf.tensor1d(
    Int32Array.from({ length: groups }, (_, group) => group * capacity + slot),
    'int32',
  );

const inplaceUpdate = operation('InplaceUpdate', 1, { floats: ['T'] });

function onDevice(all: Tensor3D): Slots {
  const [groups, capacity, width] = all.shape;
  const rows = keep(tf.reshape(all, [groups * capacity, width])); // the same memory
  return {
    all,
    capacity,
    put: (now, _slot, at) => release(inplaceUpdate(rows, at(), now)),
    dispose: () => release(all, rows),
  };
}

function onHost(first: Tensor3D): Slots {
  const { shape } = first;
  const [groups, capacity, width] = shape;
  const numbers = first.dataSync<'float32'>().slice();
  let all = first;
  return {
    get all() {
      return all;
    },
    capacity,
    put(now, slot) {
      const from = now.dataSync<'float32'>();
      for (let group = 0; group < groups; group++)
        numbers.set(from.subarray(group * width, (group + 1) * width), (group * capacity + slot) * width);
      release(all);
      all = keep(tf.tensor3d(numbers, shape));
    },
    dispose: () => release(all),
  };
}
