/** The native backend, as far as TensorFlow.js's own types do not tell of it, and operations of TensorFlow that are called by name. */
import tf, { type Tensor } from '@tensorflow/tfjs';

export interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  binding: NativeBinding;
  createOutputTensor(made: { id: number; shape: readonly number[]; dtype: number }): Tensor;
  executeMultipleOutputs(name: string, attributes: readonly Attribute[], inputs: Tensor[], outputs: number): Tensor[];
}

/** What the addon exports: constants of TensorFlow's C interface, and calls of it. */
export interface NativeBinding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  createTensor(shape: readonly number[], dtype: number, values: Float32Array): number;
  executeOp(...words: unknown[]): unknown;
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean;
}

/** Only where `isNative()`. */
export const nativeBackend = (): NativeBackend => tf.backend() as unknown as NativeBackend;

/** A call of one operation, with what is fixed about it. Not differentiable by a tape. */
export type Operation = (...inputs: Tensor[]) => Tensor[];

/** The attributes of an operation, by kind and name: `{ floats: ['T'], booleans: { transpose_a: true } }`. */
export interface OperationAttributes {
  /** Types of tensors, all of which are float32. */
  readonly floats?: readonly string[];
  readonly booleans?: { readonly [name: string]: boolean };
  readonly integers?: { readonly [name: string]: number };
  readonly numbers?: { readonly [name: string]: number };
}

/** The operation of a name, with so many outputs. Its attributes are made at the first call: constants are the addon's. */
export function operation(name: string, outputs: number, attributes: OperationAttributes = {}): Operation {
  let made: readonly Attribute[] | null = null;
  return (...inputs) => {
    const backend = nativeBackend();
    made ??= attributesOf(attributes, backend.binding);
    return backend.executeMultipleOutputs(name, made, inputs, outputs);
  };
}

function attributesOf(
  { floats = [], booleans = {}, integers = {}, numbers = {} }: OperationAttributes,
  { TF_ATTR_TYPE, TF_FLOAT, TF_ATTR_BOOL, TF_ATTR_INT, TF_ATTR_FLOAT }: NativeBinding,
): Attribute[] {
  const typed = (values: { readonly [name: string]: number | boolean }, type: number): Attribute[] =>
    Object.entries(values).map(([name, value]) => ({ name, type, value }));
  return [
    ...floats.map((name) => ({ name, type: TF_ATTR_TYPE, value: TF_FLOAT })),
    ...typed(booleans, TF_ATTR_BOOL),
    ...typed(integers, TF_ATTR_INT),
    ...typed(numbers, TF_ATTR_FLOAT),
  ];
}
