/** The change of a kernel that a run has kept, for the formulas here. */
import type { Artefact } from '../checkpoint/artefact.ts';
import { type Change, denseChange, type ProductChange } from './change.ts';

/**
 * ΔW = W′ − W of a site, W′ the kernel that the run has come to. `kernel`: W [in, out], row-major, as the base holds it; only DoRA's
 * change depends on it. A site that the artefact lacks is an Error.
 */
export function keptChange(artefact: Artefact, site: string, kernel: ArrayLike<number>): Change {
  const kept = artefact.sites.find(({ name }) => name === site);
  if (!kept) throw new Error(`${artefact.file} holds no ${site}`);
  const { shape, form, hasMagnitude } = kept;
  const numbers = (role: string): Float32Array => artefact.read(site, role).data;
  if (form === 'dense') return { form: 'dense', shape, values: numbers('delta') };
  const [down, singular, up] = [numbers('down'), form === 'triplets' ? numbers('singular') : null, numbers('up')];
  const rank = down.length / shape[0];
  const product: ProductChange = {
    form: 'product',
    shape,
    rank,
    down: singular ? Float64Array.from(down, (value, at) => value * singular[at % rank]!) : down,
    up,
  };
  return hasMagnitude ? rescaled(product, kernel, numbers('magnitude')) : product;
}

/** DoRA, arXiv:2402.09353 Eq. 5:   W′ = (W + ΔV) ∘ m / ‖W + ΔV‖ per output. */
function rescaled(change: ProductChange, kernel: ArrayLike<number>, magnitude: ArrayLike<number>): Change {
  const [inputs, outputs] = change.shape;
  const values = denseChange(change);
  for (let j = 0; j < outputs; j++) {
    let square = 0;
    for (let i = 0; i < inputs; i++) square += (kernel[i * outputs + j]! + values[i * outputs + j]!) ** 2;
    const factor = magnitude[j]! / Math.sqrt(square);
    for (let i = 0; i < inputs; i++) {
      const at = i * outputs + j;
      values[at] = (kernel[at]! + values[at]!) * factor - kernel[at]!;
    }
  }
  return { form: 'dense', shape: change.shape, values };
}

/** The vectors of a site whose update has the form of a singular value decomposition; null for any other. */
export function keptVectors(artefact: Artefact, site: string): KeptVectors | null {
  const kept = artefact.sites.find(({ name }) => name === site);
  if (kept?.form !== 'triplets') return null;
  const [down, up] = [artefact.read(site, 'down').data, artefact.read(site, 'up').data];
  const [inputs, outputs] = kept.shape;
  const rank = down.length / inputs;
  const turned = new Float32Array(up.length);
  for (let r = 0; r < rank; r++) for (let j = 0; j < outputs; j++) turned[j * rank + r] = up[r * outputs + j]!;
  return { rank, down, up: turned };
}

/** As columns, row-major: `down` [in, rank], `up` [out, rank]. */
export interface KeptVectors {
  readonly rank: number;
  readonly down: ArrayLike<number>;
  readonly up: ArrayLike<number>;
}
