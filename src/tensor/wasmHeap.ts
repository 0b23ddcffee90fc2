import tf, { type Tensor } from '@tensorflow/tfjs';

/** The numbers of a tensor where wasm holds them, without a copy: lent until the next tensor is made. Only where `isWasm()`. */
export const wasmHeap = (x: Tensor): Float32Array =>
  (tf.backend() as unknown as { typedArrayFromHeap(x: Tensor): Float32Array }).typedArrayFromHeap(x);
