import tf from '@tensorflow/tfjs';
import { outlineOf } from '../outline.ts';
import type { RescaleRule } from '../types.ts';

/** No factors. */
export const none = (): RescaleRule => ({
  spec: { type: 'none' },
  sites: ['linear', 'conv2d', 'embedding', 'vector'],
  outline: () => outlineOf({}),
  create: () => ({
    side: 'neither',
    withBias: false,
    parameters: [],
    forward: (x) => ({ y: tf.clone(x), saved: null }),
    backward: (dy) => tf.clone(dy),
    factors: () => tf.scalar(1),
  }),
});
