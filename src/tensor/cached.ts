import tf, { type Tensor } from '@tensorflow/tfjs';

const kept = new Map<string, Tensor>();

/** A constant that is made once for each engine and stays: masks, rotary tables, rows of ones. The key must say all of it. */
export function cached(key: string, make: () => Tensor): Tensor {
  const full = `${tf.getBackend()}/${key}`;
  let made = kept.get(full);
  if (!made) {
    made = tf.keep(tf.tidy(make));
    kept.set(full, made);
  }
  return made;
}
