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

/** A tensor of a site that does not train and of which each lane has its own: LoRA-FA's A, the start that is taken away again. */
export type Constant = Pick<Parameter, 'site' | 'role' | 'lanes' | 'shape' | 'size' | 'value'>;

/** Gives a lane's numbers, row-major, when start() asks for them. */
export type Start = (lane: number) => Float32Array;

export interface Arena {
  readonly lanes: number;
  readonly parameters: readonly Parameter[];
  readonly constants: readonly Constant[];
  /** Trained numbers per lane. */
  readonly count: number;
  /**
   * Registers a parameter. `initial` may read the values of parameters and constants that were registered before. Only before
   * start().
   */
  parameter(site: string, role: Role, shape: readonly number[], initial: Start): Parameter;
  /** Registers a constant in the same way; its value has the form that a parameter of that shape would have. */
  constant(site: string, role: Role, shape: readonly number[], initial: Start): Constant;
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
  /** One lane of one parameter or constant, row-major. */
  read(held: Constant, lane: number): Float32Array;
  dispose(): void;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export function createArena(lanes: number): Arena {
  const parameters: Writable<Parameter>[] = [];
  const constants: Writable<Constant>[] = [];
  const starts: { readonly held: Writable<Constant>; readonly initial: Start }[] = []; // in the order of registration
  const owned: Tensor[] = [];
  const names = new Set<string>();
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

  const register = (site: string, role: Role, shape: readonly number[]): Writable<Constant> => {
    if (values) throw new Error(`the arena has started; ${site} (${role}) came too late`);
    const name = JSON.stringify([site, role]);
    if (names.has(name)) throw new Error(`${site} already has a tensor of the role '${role}'`);
    names.add(name);
    const size = shape.reduce((a, b) => a * b, 1);
    return { site, role, lanes, shape, size, value: null as unknown as Tensor };
  };

  return {
    lanes,
    parameters,
    constants,
    get count() {
      return count;
    },
    get values() {
      if (!values) throw new Error('the arena was not started: call start() before the first step');
      return values;
    },
    parameter(site, role, shape, initial) {
      const p: Writable<Parameter> = {
        ...register(site, role, shape),
        offset: count,
        gradient: null,
        accumulate(gradient) {
          const sum = p.gradient ? tf.add(p.gradient, gradient) : tf.clone(gradient);
          release(p.gradient);
          p.gradient = keep(sum);
        },
      };
      parameters.push(p);
      starts.push({ held: p, initial });
      count += p.size;
      return p;
    },
    constant(site, role, shape, initial) {
      const constant = register(site, role, shape);
      constants.push(constant);
      starts.push({ held: constant, initial });
      return constant;
    },
    own(tensor) {
      owned.push(keep(tensor));
      return tensor;
    },
    start() {
      for (const { held, initial } of starts) {
        const all = new Float32Array(lanes * held.size);
        for (let lane = 0; lane < lanes; lane++) {
          const own = initial(lane);
          if (own.length !== held.size)
            throw new Error(
              `${held.site} (${held.role}) takes ${held.size} numbers, its initial value has ${own.length}`,
            );
          all.set(own, lane * held.size);
        }
        held.value = keep(tf.tensor(all, withLanes(held.shape))); // the next ones' initial values may depend on it
      }
      starts.splice(0); // and what they hold on to
      const columns = (): Tensor[] => parameters.map((p) => tf.reshape(p.value, [lanes, p.size]));
      const joined = (): Tensor => (count > 0 ? tf.concat(columns(), 1) : tf.zeros([lanes, 0]));
      values = keep(scoped(joined)() as Tensor2D);
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
    read(held, lane) {
      const all = held.value.dataSync() as Float32Array;
      return all.slice(lane * held.size, (lane + 1) * held.size);
    },
    dispose() {
      release(values);
      release(parameters.map((p) => [p.value, p.gradient]) as Tensor[][]);
      release(constants.map((constant) => constant.value));
      release(owned);
    },
  };
}
