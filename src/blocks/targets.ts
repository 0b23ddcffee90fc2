/** What the rows of a network's output should give, on the host and on the device: a class each, or a number. */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { type Ids, idsOf } from '../tensor/siteInput.ts';

export interface Targets {
  readonly lanes: number;
  /** What each row should predict; 0 where its weight is 0. */
  readonly targets: Ids;
  /** [rows, 1]: share / count of the row's lane where the row counts, else 0, so that Σ weight · loss is the lanes' mean · share. */
  readonly weight: Tensor2D;
  /** [rows, 2]: row and target, to pick a row's probability. */
  readonly targetIndex: Tensor2D;
  /** The numbers that the rows should give, [rows, 1], where targets are no classes. */
  readonly numbers: Tensor2D | null;
  /** Rows that count, per lane. */
  readonly counts: readonly number[];
}

/** Labels as in Hugging Face: −100 is left out. */
export const ignored = -100;

/** `classes`: one a row, lanes one after the other, as many each; `ignored` for a row that does not count. */
export function classTargets(classes: Int32Array, lanes: number, share: number): Targets {
  const rows = classes.length;
  const perLane = rows / lanes;
  const counts = Array.from({ length: lanes }, () => 0);
  classes.forEach((target, i) => (counts[Math.floor(i / perLane)]! += Number(target !== ignored)));
  const targets = classes.map((target) => (target === ignored ? 0 : target));
  const weight = Float32Array.from(classes, (target, i) =>
    target === ignored ? 0 : share / counts[Math.floor(i / perLane)]!,
  );
  const index = new Int32Array(2 * rows);
  targets.forEach((target, i) => index.set([i, target], 2 * i));
  return {
    lanes,
    counts,
    targets: idsOf(targets),
    weight: tf.tensor2d(weight, [rows, 1]),
    targetIndex: tf.tensor2d(index, [rows, 2], 'int32'),
    numbers: null,
  };
}

/** `numbers`: one a row, lanes one after the other, as many each. */
export function numberTargets(numbers: Float32Array, lanes: number, share: number): Targets {
  const classes = classTargets(new Int32Array(numbers.length), lanes, share);
  return { ...classes, numbers: tf.tensor2d(numbers, [numbers.length, 1]) };
}
