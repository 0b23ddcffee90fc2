/**
 * Products of few rows with many numbers, where memory is what is waited for: the weights of a network, or the keys of a text, for one
 * token.
 *
 * Native: TensorFlow's BatchMatMulV3 is the one product that oneDNN does not take over. oneDNN prepares itself for every new shape,
 * and attention has one for every token; and a row through 768 x 768 numbers takes it 240 µs for 200.
 */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { isNative } from './engine.ts';

interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { TF_ATTR_BOOL: number; TF_ATTR_TYPE: number; TF_FLOAT: number };
  executeSingleOutput(name: string, attributes: unknown[], inputs: Tensor[]): Tensor;
}

const attributes = new Map<boolean, unknown[]>();

function attributesOf(
  { TF_ATTR_BOOL, TF_ATTR_TYPE, TF_FLOAT }: NativeBackend['binding'],
  transposeB: boolean,
): unknown[] {
  let made = attributes.get(transposeB);
  if (!made) {
    const types = ['Ta', 'Tb', 'Tout'].map((name) => ({ name, type: TF_ATTR_TYPE, value: TF_FLOAT }));
    const flags = Object.entries({ adj_x: false, adj_y: transposeB });
    made = [...flags.map(([name, value]) => ({ name, type: TF_ATTR_BOOL, value })), ...types];
    attributes.set(transposeB, made);
  }
  return made;
}

/** a · b or a · bᵀ: [.., n, k] · [.., k, m] -> [.., n, m], n small. Not differentiable by a tape. */
export function rowProduct(a: Tensor, b: Tensor, transposeB = false): Tensor {
  const backend = tf.backend() as unknown as NativeBackend;
  if (!isNative() || backend.isUsingGpuDevice) return tf.matMul(a, b, false, transposeB);
  return backend.executeSingleOutput('BatchMatMulV3', attributesOf(backend.binding, transposeB), [a, b]);
}
