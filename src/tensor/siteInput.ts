/**
 * The input of a site, of which an update needs only two things: its product with a trained matrix, and the outer product that is
 * that matrix's gradient. Rows of numbers have both; so have token ids, which are rows of a one-hot matrix that is never built.
 * So one update rule serves linear maps and embeddings.
 */
import tf, { type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs';
import { isNative } from './engine.ts';
import { laneMatMul, laneOuter } from './laneMatMul.ts';

export interface SiteInput {
  /** x · w, w [in, out] or [lanes, in, out] -> [rows, out]. */
  times(w: Tensor): Tensor2D;
  /** xᵀ · dy per lane -> [in, out] or [lanes, in, out]. */
  outer(dy: Tensor2D, lanes: number): Tensor;
  /** dy · wᵀ, the gradient of the rows; null where the input has none. */
  back(dy: Tensor2D, w: Tensor): Tensor2D | null;
  /** The rows themselves, where the input is one of numbers. */
  readonly rows: Tensor2D | null;
}

export function rowsInput(rows: Tensor2D): SiteInput {
  return {
    rows,
    times: (w) => laneMatMul(rows, w),
    outer: (dy, lanes) => laneOuter(rows, dy, lanes),
    back: (dy, w) => laneMatMul(dy, w, true),
  };
}

/** Token ids on the host and on the device, [rows] each, lanes one after the other. */
export interface Ids {
  readonly host: Int32Array;
  readonly device: Tensor1D;
}

export const idsOf = (host: Int32Array): Ids => ({ host, device: tf.tensor1d(host, 'int32') });

/** ids: row i is the one-hot vector of ids[i] in a vocabulary of the given size. */
export function idsInput(ids: Ids, vocabulary: number): SiteInput {
  const rows = ids.host.length;
  return {
    rows: null,
    times(w) {
      if (w.rank === 2) return tableRows(w as Tensor2D, ids);
      const table = tf.reshape(w, [w.shape[0] * w.shape[1]!, w.shape[2]!]) as Tensor2D;
      return tableRows(table, shifted(ids, w.shape[0], vocabulary));
    },
    outer(dy, lanes) {
      const width = dy.shape[1];
      const at = lanes === 1 ? ids : shifted(ids, lanes, vocabulary);
      const sum = scatterAdd(dy, at, lanes * vocabulary, rows);
      return lanes === 1 ? sum : tf.reshape(sum, [lanes, vocabulary, width]);
    },
    back: () => null,
  };
}

/** Lane l reads its own copy of the table, l · vocabulary rows further down. */
function shifted(ids: Ids, lanes: number, vocabulary: number): Ids {
  const perLane = ids.host.length / lanes;
  const host = ids.host.map((id, i) => id + Math.floor(i / perLane) * vocabulary);
  return idsOf(host);
}

/** Rows of a table by id: [vocabulary, width] -> [rows, width]. */
export function tableRows(table: Tensor2D, ids: Ids): Tensor2D {
  return tf.gather(table, ids.device);
}

/** Adds each row of dy to the row of the result that its id names: [rows, width] -> [size, width]. */
function scatterAdd(dy: Tensor2D, ids: Ids, size: number, rows: number): Tensor2D {
  if (isNative()) return tf.unsortedSegmentSum(dy, ids.device, size);
  const width = dy.shape[1]; // the portable engines have no fast kernel for it
  const source = dy.dataSync();
  const sum = new Float32Array(size * width);
  for (let row = 0; row < rows; row++) {
    const to = ids.host[row] * width;
    const from = row * width;
    for (let j = 0; j < width; j++) sum[to + j] += source[from + j];
  }
  return tf.tensor2d(sum, [size, width]);
}
