/** The formulas of our kernels in plain JavaScript and float64, number by number. */

export type Numbers = ArrayLike<number>;

const of = (size: number, f: (i: number) => number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => f(i));
const each = (count: number, f: (i: number) => void): void => Array.from({ length: count }, (_, i) => i).forEach(f);
const total = (count: number, f: (i: number) => number): number => of(count, f).reduce((a, b) => a + b, 0);
/** Which lane a row belongs to. */
const laneOf = (row: number, rows: number, lanes: number): number => Math.floor((row * lanes) / rows);

export function rmsNorm(x: Numbers, gain: Numbers, dy: Numbers, rows: number, width: number, epsilon: number) {
  const lanes = gain.length / width;
  const inverse = of(rows, (r) => 1 / Math.sqrt(total(width, (i) => x[r * width + i]! ** 2) / width + epsilon));
  const g = (at: number): number => gain[laneOf(Math.floor(at / width), rows, lanes) * width + (at % width)]!;
  const row = (at: number): number => Math.floor(at / width);
  const y = of(rows * width, (at) => x[at]! * inverse[row(at)]! * g(at));
  const along = of(rows, (r) => {
    const n = (at: number): number => x[at]! * inverse[r]!;
    return total(width, (i) => dy[r * width + i]! * g(r * width + i) * n(r * width + i)) / width;
  });
  const dx = of(rows * width, (at) => {
    const r = row(at);
    return inverse[r]! * (dy[at]! * g(at) - x[at]! * inverse[r]! * along[r]!);
  });
  return { y, inverse, dx };
}

export function gate(g: Numbers, u: Numbers, dy: Numbers) {
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  return {
    y: of(g.length, (i) => g[i]! * sigmoid(g[i]!) * u[i]!),
    du: of(g.length, (i) => dy[i]! * g[i]! * sigmoid(g[i]!)),
    dg: of(g.length, (i) => dy[i]! * u[i]! * sigmoid(g[i]!) * (1 + g[i]! * (1 - sigmoid(g[i]!)))),
  };
}

export function crossEntropy(z: Numbers, targets: Numbers, w: Numbers, rows: number, classes: number, lanes: number) {
  const losses = new Float64Array(lanes);
  const gradient = new Float64Array(rows * classes);
  each(rows, (r) => {
    const own = Array.from({ length: classes }, (_, i) => z[r * classes + i]!);
    const top = Math.max(...own);
    const log = top + Math.log(own.reduce((sum, score) => sum + Math.exp(score - top), 0));
    losses[laneOf(r, rows, lanes)]! += w[r]! * (log - own[targets[r]!]!);
    own.forEach((score, i) => (gradient[r * classes + i] = w[r]! * (Math.exp(score - log) - Number(i === targets[r]))));
  });
  return { losses, gradient };
}

/** [rows, inner] · [inner, columns]. */
export function product(a: Numbers, b: Numbers, rows: number, inner: number, columns: number): Float64Array {
  return of(rows * columns, (at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    return total(inner, (k) => a[i * inner + k]! * b[k * columns + j]!);
  });
}

export function transposed(x: Numbers, rows: number, columns: number): Float64Array {
  return of(rows * columns, (at) => x[(at % rows) * columns + Math.floor(at / rows)]!);
}

export interface LowRankSizes {
  readonly rows: number;
  readonly inputs: number;
  readonly rank: number;
  readonly outputs: number;
  readonly lanes: number;
  readonly scale: number;
}

export function lowRank(x: Numbers, down: Numbers, up: Numbers, dy: Numbers, sizes: LowRankSizes) {
  const { rows, inputs, rank, outputs, lanes, scale } = sizes;
  const own = rows / lanes;
  const lane = (values: Numbers, l: number): number[] => {
    const size = values.length / lanes;
    return Array.from(values).slice(l * size, (l + 1) * size);
  };
  const parts = Array.from({ length: lanes }, (_, l) => {
    const [a, b, xs, dys] = [down, up, x, dy].map((values) => lane(values, l)) as [number[], ...number[][]];
    const u = product(xs!, a, own, inputs, rank).map((value) => value * scale);
    const du = product(dys!, transposed(b!, rank, outputs), own, outputs, rank).map((value) => value * scale);
    return {
      y: product(u, b!, own, rank, outputs),
      u,
      dDown: product(transposed(xs!, own, inputs), du, inputs, own, rank),
      dUp: product(transposed(u, own, rank), dys!, rank, own, outputs),
      dx: product(du, transposed(a, inputs, rank), own, rank, inputs),
    };
  });
  const joined = (name: keyof (typeof parts)[number]): Float64Array =>
    Float64Array.from(parts.flatMap((part) => [...part[name]]));
  return { y: joined('y'), u: joined('u'), dDown: joined('dDown'), dUp: joined('dUp'), dx: joined('dx') };
}

/** Of W + s A B itself, for every lane; and what the kernel is given of W: ‖w_j‖² and AᵀW. */
export function lowRankNorms(w: Numbers, down: Numbers, up: Numbers, sizes: Omit<LowRankSizes, 'rows'>) {
  const { inputs, rank, outputs, lanes, scale } = sizes;
  const norms = new Float64Array(lanes * outputs);
  const times = new Float64Array(lanes * rank * outputs);
  each(lanes, (l) => {
    const a = Array.from(down).slice(l * inputs * rank, (l + 1) * inputs * rank);
    const change = product(a, Array.from(up).slice(l * rank * outputs), inputs, rank, outputs);
    const changed = (i: number, j: number): number => w[i * outputs + j]! + scale * change[i * outputs + j]!;
    norms.set(
      of(outputs, (j) => Math.sqrt(total(inputs, (i) => changed(i, j) ** 2))),
      l * outputs,
    );
    times.set(product(transposed(a, inputs, rank), w, rank, inputs, outputs), l * rank * outputs);
  });
  return { norms, times, squares: of(outputs, (j) => total(inputs, (i) => w[i * outputs + j]! ** 2)) };
}

export function scale(x: Numbers, v: Numbers, dy: Numbers, rows: number, columns: number) {
  const lanes = v.length / columns;
  const factor = (at: number): number => laneOf(Math.floor(at / columns), rows, lanes) * columns + (at % columns);
  const dv = new Float64Array(v.length);
  each(rows * columns, (at) => (dv[factor(at)]! += dy[at]! * x[at]!));
  return { y: of(x.length, (at) => x[at]! * v[factor(at)]!), dx: of(x.length, (at) => dy[at]! * v[factor(at)]!), dv };
}
