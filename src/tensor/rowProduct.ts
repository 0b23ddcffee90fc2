/**
 * Products of few rows with many numbers, where memory is what is waited for: the weights of a network, or the keys of a text, for one
 * token.
 *
 * Native: TensorFlow's BatchMatMulV3 is the one product that oneDNN does not take over. oneDNN prepares itself for every new shape,
 * and attention has one for every token; and a row through 768 x 768 numbers takes it 240 µs for 200.
 */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { isNative } from './engine.ts';
import { nativeBackend, operation } from './nativeBackend.ts';

/** By whether b is transposed. */
const batchMatMul = [false, true].map((adj_y) =>
  operation('BatchMatMulV3', 1, { floats: ['Ta', 'Tb', 'Tout'], booleans: { adj_x: false, adj_y } }),
);

/** a · b or a · bᵀ: [.., n, k] · [.., k, m] -> [.., n, m], n small. Not differentiable by a tape. */
export function rowProduct(a: Tensor, b: Tensor, transposeB = false): Tensor {
  if (!isNative() || nativeBackend().isUsingGpuDevice) return tf.matMul(a, b, false, transposeB);
  return batchMatMul[Number(transposeB)]!(a, b)[0]!;
}
