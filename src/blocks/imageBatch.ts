/** A batch of images, each with its label. */
import tf, { type Tensor4D } from '@tensorflow/tfjs';
import { RequestError } from '../errors.ts';
import { classTargets, type Targets } from './targets.ts';

export interface ImageBatch extends Targets {
  /** Images. */
  readonly sequences: number;
  /** [images, height, width, channels], lanes one after the other. */
  readonly pixels: Tensor4D;
}

/**
 * pixels: [lanes · images, channels, height, width], as torch lays them; labels: one an image. A RequestError where they do not fit
 * each other, or the lanes do not get equally many.
 */
export function imageBatch(
  pixels: Float32Array,
  labels: Int32Array,
  { lanes, shape, share = 1 }: { lanes: number; shape: readonly [number, number, number]; share?: number },
): ImageBatch {
  const images = labels.length;
  const [channels, height, width] = shape;
  if (images === 0 || images % lanes !== 0 || pixels.length !== images * channels * height * width)
    throw new RequestError(
      `a batch for ${lanes} lanes needs ${channels} · ${height} · ${width} pixels for each label, and equally many a lane; ` +
        `it has ${pixels.length} pixels and ${images} labels`,
    );
  const channelsLast = new Float32Array(pixels.length);
  const area = height * width;
  for (let i = 0; i < pixels.length; i++) {
    const at = i % area;
    const channel = Math.floor(i / area) % channels;
    const image = Math.floor(i / area / channels);
    channelsLast[(image * area + at) * channels + channel] = pixels[i]!;
  }
  return {
    ...classTargets(labels, lanes, share),
    sequences: images,
    pixels: tf.tensor4d(channelsLast, [images, height, width, channels]),
  };
}
