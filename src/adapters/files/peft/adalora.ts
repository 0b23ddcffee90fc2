/**
 * peft_type ADALORA (PEFT tuners/adalora): Q, λ and P of each site without the triplets whose λ is 0, and which those were. PEFT
 * keeps the scale α / (initial rank + 1e-5) whatever was cut; rank 0 is allowed.
 */
import type { Json } from '../../json.ts';
import type { TrainedPart, TrainedSite } from '../../trainedSite.ts';
import { peftTensor, type StoredTensor } from '../peftKeys.ts';
import type { StoredMatrix } from '../stored.ts';
import { defaultConfigurations } from './configuration.ts';
import { aboutBase, type BaseFacts, type PeftAdapter } from './writing.ts';

/** Whether PEFT's ADALORA can hold the sites: svd updates of whole linear maps, all with the same rank and α. */
export function isAdalora(sites: readonly TrainedSite[]): boolean {
  const specs = new Set(sites.flatMap(({ parts }) => parts.map(({ method }) => JSON.stringify(method.update.spec))));
  return (
    specs.size === 1 &&
    sites.every(
      ({ kind, name, parts: [part] }) =>
        kind === 'linear' &&
        part!.name === name &&
        part!.method.update.spec.type === 'svd' &&
        part!.method.rescale.spec.type === 'none',
    )
  );
}

/** `steps`: of the run, where they are known. */
export function writeAdalora(sites: readonly TrainedSite[], base: BaseFacts, steps: number | null): PeftAdapter {
  const parts = sites.map(({ parts: [part] }) => part!);
  const { method, derived } = parts[0]!;
  const singular = parts.map((part) => part.numbers('singular'));
  const isUntrained = singular.every((lambda) => lambda.every((value) => value === 0));
  const kept = singular.map((lambda) => [...lambda].map((value) => isUntrained || value !== 0));
  const pattern = parts.map(({ name }, i): [string, Json] => [`${name}.lora_E`, kept[i]!]);
  return {
    configuration: {
      ...defaultConfigurations.ADALORA,
      ...aboutBase(sites, base),
      ...schedule(method.control.spec, steps),
      init_r: derived.rank!,
      lora_alpha: derived.alpha!,
      lora_dropout: method.dropout,
      rank_pattern: kept.some((of) => of.includes(false)) ? Object.fromEntries(pattern) : null,
    },
    tensors: Object.fromEntries(parts.flatMap((part, i) => cutTensors(part, kept[i]!))),
  };
}

function cutTensors(part: TrainedPart, kept: readonly boolean[]): [string, StoredMatrix][] {
  const { name: site, kind } = part;
  const [inputs, outputs] = part.shape;
  const rank = kept.length;
  const shapes = { down: [inputs, rank], singular: [rank], up: [rank, outputs] };
  return Object.entries(shapes).map(([role, shape]) => {
    const form = cutForm(peftTensor({ site, role, shape }, kind, true), role, kept);
    return [form.key, { shape: form.shape, data: form.toFile(part.numbers(role)) }];
  });
}

/** The form of a tensor of which only some triplets are in the file. The others are zero when it is read. */
export function cutForm(whole: StoredTensor, role: string, kept: readonly boolean[]): StoredTensor {
  const axis = role === 'up' ? 1 : 0; // P is [out, r] in files, Q [r, in] and λ [r, 1]
  const places = [...kept.keys()].filter((r) => kept[r]);
  const shape = whole.shape.map((size, i) => (i === axis ? places.length : size));
  const [rows, columns] = shape as [number, number];
  const wide = whole.shape[1]!;
  /** Where in the whole tensor a number of the cut one stands. */
  const at = (row: number, column: number): number =>
    axis === 0 ? places[row]! * wide + column : row * wide + places[column]!;
  return {
    key: whole.key,
    shape,
    toFile(values) {
      const all = whole.toFile(values);
      const cut = new Float32Array(rows * columns);
      for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) cut[i * columns + j] = all[at(i, j)]!;
      return cut;
    },
    fromFile(cut) {
      const all = new Float32Array(whole.shape.reduce((a, b) => a * b, 1));
      for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) all[at(i, j)] = cut[i * columns + j]!;
      return whole.fromFile(all);
    },
  };
}

/** What PEFT asks for even of an adapter that is only used: it refuses one without total_step, or with no step between. */
function schedule(spec: { readonly [key: string]: Json }, steps: number | null): { readonly [key: string]: Json } {
  if (spec.type === 'none') return { total_step: steps ?? 1 };
  const { target, every, beta1, beta2, penaltyWeight, warmup, tail } = spec as { readonly [key: string]: number };
  const tinit = warmup ?? Math.floor((steps ?? 0) / 10);
  const tfinal = tail ?? Math.floor((steps ?? 0) / 4);
  return {
    target_r: target!,
    deltaT: every!,
    beta1: beta1!,
    beta2: beta2!,
    orth_reg_weight: penaltyWeight!,
    tinit,
    tfinal,
    total_step: steps ?? tinit + tfinal + 1,
  };
}
