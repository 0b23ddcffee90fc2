/**
 * Owns what outlives a training step: every trained number of every lane, as one matrix [lanes, count], so that one optimizer
 * update and one norm serve them all; and the gradients on their way into it.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { isWasm, keep, release, scoped } from './engine.ts';
import { cut } from './product.ts';

/**
 * What a trained tensor is for. Parts select parameters by role, never by name; a new method may name a new role in its own
 * file.
 */
export type Role = 'down' | 'up' | 'singular' | 'magnitude' | 'bias' | 'dense' | (string & {});

export interface Parameter {
  /** The name that the checkpoint gives the place: model.layers.0.self_attn.q_proj */
  readonly site: string;
  readonly role: Role;
  readonly lanes: number;
  /** Per lane. */
  readonly shape: readonly number[];
  readonly size: number;
  /** Where its numbers start in a row of the arena's matrix. */
  readonly offset: number;
  /** [..shape] with one lane; [lanes, in, out] or [lanes, 1, n] with more. */
  readonly value: Tensor;
  /** Adds to this step's gradient; the tensor has the form of `value` and stays the caller's. */
  accumulate(gradient: Tensor): void;
  readonly gradient: Tensor | null;
}

export interface Arena {
  readonly lanes: number;
  readonly parameters: readonly Parameter[];
  /** Trained numbers per lane. */
  readonly count: number;
  /**
   * Registers a parameter. `initial(lane)` gives its numbers when start() asks for them; it may read the values of parameters that
   * were registered before. Only before start().
   */
  parameter(site: string, role: Role, shape: readonly number[], initial: (lane: number) => Float32Array): Parameter;
  /** A constant per lane, in the form that a parameter of that shape would have. */
  constant(shape: readonly number[], values: (lane: number) => Float32Array): Tensor;
  /** Takes over a tensor that lives as long as the arena. */
  own<T extends Tensor>(tensor: T): T;
  /** Uploads the initial numbers. */
  start(): void;
  /** [lanes, count] */
  readonly values: Tensor2D;
  /** Takes over `next` as the new values. */
  replace(next: Tensor2D): void;
  /** Overwrites all values, [lanes · count]. */
  load(values: Float32Array): void;
  /** The gradients gathered since the last call, [lanes, count], now the caller's. A parameter that got none counts as zero. */
  takeGradient(): Tensor2D;
  /** One lane of one parameter, row-major. */
  read(parameter: Parameter, lane: number): Float32Array;
  dispose(): void;
}

type Held = { -readonly [K in keyof Parameter]: Parameter[K] };

export function createArena(lanes: number): Arena {
  const parameters: Held[] = [];
  const initials: ((lane: number) => Float32Array)[] = [];
  const constants: Tensor[] = [];
  let values: Tensor2D | null = null;
  let count = 0;
  const withLanes = (shape: readonly number[]): number[] =>
    lanes === 1 ? [...shape] : shape.length === 1 ? [lanes, 1, ...shape] : [lanes, ...shape];

  const spread = (): void => {
    if (parameters.length === 0) return;
    const parts = scoped(() => {
      if (isWasm() && lanes === 1) return parameters.map((p) => cut(values!, p.offset, withLanes(p.shape)));
      const columns = tf.split(
        values!,
        parameters.map((p) => p.size),
        1,
      );
      return columns.map((column, i) => tf.reshape(column, withLanes(parameters[i].shape)));
    })();
    parameters.forEach((p, i) => {
      release(p.value);
      p.value = keep(parts[i]);
    });
  };

  const replace = (next: Tensor2D): void => {
    release(values);
    values = keep(next);
    spread();
  };

  return {
    lanes,
    parameters,
    get count() {
      return count;
    },
    get values() {
      if (!values) throw new Error('the arena was not started: call start() before the first step');
      return values;
    },
    parameter(site, role, shape, initial) {
      if (values) throw new Error(`the arena has started; ${site} (${role}) came too late`);
      if (parameters.some((p) => p.site === site && p.role === role))
        throw new Error(`${site} already has a parameter of the role '${role}'`);
      const size = shape.reduce((a, b) => a * b, 1);
      const p: Held = {
        site,
        role,
        lanes,
        shape,
        size,
        offset: count,
        gradient: null,
        value: null as unknown as Tensor,
        accumulate(gradient) {
          const sum = p.gradient ? tf.add(p.gradient, gradient) : tf.clone(gradient);
          release(p.gradient);
          p.gradient = keep(sum);
        },
      };
      parameters.push(p);
      initials.push(initial);
      count += size;
      return p;
    },
    constant(shape, valuesOf) {
      const perLane = Array.from({ length: lanes }, (_, lane) => valuesOf(lane));
      const all = new Float32Array(perLane.reduce((n, v) => n + v.length, 0));
      perLane.forEach((v, lane) => all.set(v, lane * v.length));
      const made = keep(tf.tensor(all, withLanes(shape)));
      constants.push(made);
      return made;
    },
    own(tensor) {
      constants.push(keep(tensor));
      return tensor;
    },
    start() {
      const all = new Float32Array(lanes * count);
      parameters.forEach((p, i) => {
        const own = new Float32Array(lanes * p.size);
        for (let lane = 0; lane < lanes; lane++) {
          const initial = initials[i](lane);
          if (initial.length !== p.size)
            throw new Error(`${p.site} (${p.role}) takes ${p.size} numbers, its initial value has ${initial.length}`);
          own.set(initial, lane * p.size);
          all.set(initial, lane * count + p.offset);
        }
        p.value = keep(tf.tensor(own, withLanes(p.shape))); // the next parameters' initial values may depend on it
      });
      values = keep(tf.tensor2d(all, [lanes, count]));
      spread();
    },
    replace,
    load(all) {
      if (all.length !== lanes * count) throw new Error(`the arena holds ${lanes * count} numbers, not ${all.length}`);
      replace(tf.tensor2d(all, [lanes, count]));
    },
    takeGradient() {
      const gathered = scoped(() =>
        tf.concat(
          parameters.map((p) => (p.gradient ? tf.reshape(p.gradient, [lanes, p.size]) : tf.zeros([lanes, p.size]))),
          1,
        ),
      )() as Tensor2D;
      for (const p of parameters) {
        release(p.gradient);
        p.gradient = null;
      }
      return gathered;
    },
    read(parameter, lane) {
      const all = parameter.value.dataSync() as Float32Array;
      return all.slice(lane * parameter.size, (lane + 1) * parameter.size);
    },
    dispose() {
      release(values);
      release(parameters.map((p) => [p.value, p.gradient]) as Tensor[][]);
      release(constants);
    },
  };
}
