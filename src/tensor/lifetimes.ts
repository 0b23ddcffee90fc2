import tf, { type Scalar, type Tensor } from '@tensorflow/tfjs';

/**
 * All tensors in nested arrays and records, each once. Typed arrays and functions are not looked into: `tf.tidy` would walk a
 * Float32Array key by key.
 */
function tensorsIn(thing: unknown, found: Set<Tensor> = new Set(), seen: Set<object> = new Set()): Set<Tensor> {
  if (thing instanceof tf.Tensor) found.add(thing);
  else if (typeof thing === 'object' && thing !== null && !ArrayBuffer.isView(thing) && !seen.has(thing)) {
    seen.add(thing);
    for (const part of Object.values(thing)) tensorsIn(part, found, seen);
  }
  return found;
}

/**
 * `f`, after which every tensor made inside is freed but those in what it returns (in nested arrays and records too) and those
 * kept. Also when it throws: then all are freed. `f` must not be async.
 */
export function scoped<Arguments extends unknown[], Result>(
  f: (...values: Arguments) => Result,
): (...values: Arguments) => Result {
  return (...values) => {
    let result!: Result;
    tf.tidy(() => {
      result = f(...values);
      return [...tensorsIn(result)];
    });
    return result;
  };
}

/** Frees the tensors in nested arrays and records. What is missing, not a tensor, or freed already is passed over. */
export function release(...things: unknown[]): void {
  for (const tensor of tensorsIn(things)) tensor.dispose();
}

/** Bytes of the tensors in nested arrays and records. Tensors that share their numbers (clones, reshapes) count once. */
export function bytesOf(...things: unknown[]): number {
  const byData = new Map([...tensorsIn(things)].map((tensor) => [tensor.dataId, tensor]));
  return [...byData.values()].reduce((sum, { size, dtype }) => sum + size * tf.util.bytesPerElement(dtype), 0);
}

/** Lets a tensor outlive the scopes around it. Whoever keeps it releases it. */
export function keep<T extends Tensor>(tensor: T): T {
  return tf.keep(tensor);
}

const scalars = new Map<string, Map<number, Scalar>>();

/** A number as a kept tensor of the current engine: `tf.mul(x, 2)` would upload a new one at every call. Never release it. */
export function scalar(value: number): Scalar {
  const engine = tf.getBackend();
  let ofEngine = scalars.get(engine);
  if (!ofEngine) scalars.set(engine, (ofEngine = new Map()));
  let kept = ofEngine.get(value);
  if (!kept || kept.isDisposed) ofEngine.set(value, (kept = tf.keep(tf.scalar(value))));
  return kept;
}
