/**
 * The sum of float32 numbers in float32, added in the order of PyTorch's CPU kernel (aten/src/ATen/native/cpu/SumKernel.cpp, one thread,
 * 8 lanes): 4 vectors of 8 lanes run down the numbers side by side; each keeps 4 levels of partial sums so that few rounding errors add
 * up. The order decides the last bit of a mean, and so of everything that is computed from it.
 */
const VECTORS = 4;
const LEVELS = 4;

export function float32Sum(x: Float32Array): number {
  const lanes = x.length < 8 ? 1 : 8;
  const rows = Math.floor(x.length / lanes);
  const groups = Math.floor(rows / VECTORS);
  const sums = cascade(x, groups, VECTORS * lanes);
  for (let i = groups * VECTORS * lanes; i < rows * lanes; i++) sums[i % lanes] += x[i];
  for (let i = lanes; i < sums.length; i++) sums[i % lanes] += sums[i];
  let total = 0;
  for (let i = rows * lanes; i < x.length; i++) total = Math.fround(total + x[i]);
  for (let lane = 0; lane < lanes; lane++) total = Math.fround(total + sums[lane]);
  return total;
}

/** Sums of each column of a matrix [rows, columns]: level 0 takes `run` rows, then is emptied into level 1, and so on upwards. */
function cascade(x: Float32Array, rows: number, columns: number): Float32Array {
  const power = Math.max(4, Math.floor(Math.ceil(Math.log2(Math.max(1, rows))) / LEVELS));
  const run = 2 ** power;
  const levels = Array.from({ length: LEVELS }, () => new Float32Array(columns));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) levels[0][column] += x[row * columns + column];
    for (let level = 1, done = row + 1; level < LEVELS && done % run === 0; level++, done /= run) {
      addInto(levels[level], levels[level - 1]);
      levels[level - 1].fill(0);
    }
  }
  for (let level = 1; level < LEVELS; level++) addInto(levels[0], levels[level]);
  return levels[0];
}

function addInto(to: Float32Array, from: Float32Array): void {
  for (let i = 0; i < to.length; i++) to[i] += from[i];
}
