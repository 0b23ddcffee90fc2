/** Activations by the names that Hugging Face's configs use; several names stand for one function. */
import type { Activation } from './activation.ts';
import { gelu } from './gelu.ts';
import { geluTanh } from './geluTanh.ts';
import { leakyRelu } from './leakyRelu.ts';
import { linear } from './linear.ts';
import { mish } from './mish.ts';
import { quickGelu } from './quickGelu.ts';
import { relu } from './relu.ts';
import { reluSquared } from './reluSquared.ts';
import { sigmoid } from './sigmoid.ts';
import { silu } from './silu.ts';
import { tanh } from './tanh.ts';

export type ActivationName =
  | 'gelu'
  | 'gelu_accurate'
  | 'gelu_fast'
  | 'gelu_new'
  | 'gelu_python'
  | 'gelu_python_tanh'
  | 'gelu_pytorch_tanh'
  | 'leaky_relu'
  | 'linear'
  | 'mish'
  | 'quick_gelu'
  | 'relu'
  | 'relu2'
  | 'sigmoid'
  | 'silu'
  | 'swish'
  | 'tanh';

export const activations: Readonly<Record<ActivationName, Activation>> = {
  gelu,
  gelu_accurate: geluTanh,
  gelu_fast: geluTanh,
  gelu_new: geluTanh,
  gelu_python: gelu,
  gelu_python_tanh: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  leaky_relu: leakyRelu,
  linear,
  mish,
  quick_gelu: quickGelu,
  relu,
  relu2: reluSquared,
  sigmoid,
  silu,
  swish: silu,
  tanh,
};
