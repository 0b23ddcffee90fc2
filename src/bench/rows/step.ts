/** Training steps on the best engine: every method at every shape, against PEFT; some also against our own LoRA step. */
import type { Turns } from '../alternate.ts';
import type { StepJob } from '../job.ts';
import { type Figure, peak, plainRow, type Row, type RowSide, time } from '../row.ts';
import { type ShapeName, shapes, sizeText } from '../shape.ts';
import type { Conditions } from './conditions.ts';

interface Timed {
  readonly words: string;
  readonly method: string;
  readonly targets: string | readonly string[];
  /** Largest ratio of our time to the peer's by shape; null: none was set. A shape that is missing has no row. */
  readonly againstPeer: { readonly [shape in ShapeName]?: number | null };
  /** Largest ratio to our own LoRA step. */
  readonly againstLora?: { readonly reach: number; readonly stretch?: number };
}

export const queryAndValue: readonly string[] = ['q_proj', 'v_proj'];
const loraReach = { '64x5': 0.85, '256x4': 0.72, '512x6': 0.58, '768x12': 0.55 };
const fromWidth256 = (reach: number | null): Timed['againstPeer'] => ({
  '256x4': reach,
  '512x6': reach,
  '768x12': reach,
});

const onQueryAndValue = { targets: queryAndValue, againstPeer: fromWidth256(null) };

const timed: { readonly [name: string]: Timed } = {
  lora: { ...onQueryAndValue, words: 'LoRA', method: 'lora', againstPeer: loraReach },
  'lora-all-linear': {
    words: 'LoRA on all linear maps',
    method: 'lora',
    targets: 'all-linear',
    againstPeer: loraReach,
  },
  dora: { ...onQueryAndValue, words: 'DoRA', method: 'dora', againstLora: { reach: 1.05 } },
  adalora: {
    ...onQueryAndValue,
    words: 'AdaLoRA, penalty and allocator included',
    method: 'adalora',
    againstLora: { reach: 1.1 },
  },
  qlora: {
    ...onQueryAndValue,
    words: 'QLoRA (NF4, double quantization)',
    method: 'qlora',
    againstLora: { reach: 1.4, stretch: 1.25 },
  },
  full: { words: 'full fine-tuning', method: 'full', targets: 'all', againstPeer: fromWidth256(0.8) },
  loraplus: { ...onQueryAndValue, words: 'LoRA+', method: 'loraPlus' },
};

/** Small steps are timed more often: they vary more, and cost less. */
const turnsOf: { readonly [shape in ShapeName]: Turns } = {
  '64x5': { rounds: 6, repeats: 10 },
  '256x4': { rounds: 6, repeats: 5 },
  '512x6': { rounds: 4, repeats: 3 },
  '768x12': { rounds: 4, repeats: 3 },
};
const secondsOf: { readonly [shape in ShapeName]: number } = { '64x5': 20, '256x4': 25, '512x6': 35, '768x12': 60 };

/** A LoRA step: what other rows change one thing of. */
export const loraStep = (shape: StepJob['shape'], threads: number): StepJob => ({
  work: 'step',
  shape,
  method: 'lora',
  targets: queryAndValue,
  recompute: false,
  writing: 'blocks',
  lanes: 1,
  countsCalls: false,
  threads,
  warmup: 2,
});

export const stepRows = ({ threads }: Conditions): Row[] => [
  ...Object.entries(timed).flatMap(([name, method]) =>
    (Object.keys(method.againstPeer) as ShapeName[]).map((shape) => stepRow(name, method, shape, threads)),
  ),
  recomputeRow(threads),
];

/** The same step with layers computed again in backward: held against the peer's memory without. */
function recomputeRow(threads: number): Row {
  const job = loraStep(shapes['768x12'], threads);
  const kept: RowSide = { name: 'our LoRA step', by: 'us', job };
  return {
    ...plainRow,
    name: 'step-lora-recompute-768x12',
    what: `a training step of LoRA with recomputation: ${sizeText(job.shape)}`,
    sides: () => [
      { name: 'ours', by: 'us', job: { ...job, recompute: true } },
      kept,
      { name: 'peer', by: 'peer', job },
    ],
    turns: turnsOf['768x12'],
    showsPeak: true,
    figures: [
      { what: 'peak resident memory', against: 'peer', of: peak, reach: 0.7 },
      timeAgainst(kept.name, { reach: 1.5 }),
    ],
    seconds: 1.5 * secondsOf['768x12'],
  };
}

function stepRow(name: string, given: Timed, shape: ShapeName, threads: number): Row {
  const { method, targets, againstPeer, againstLora } = given;
  const ourLora: RowSide = { name: 'our LoRA step', by: 'us', job: loraStep(shapes[shape], threads) };
  const job = { ...loraStep(shapes[shape], threads), method, targets };
  const reach = againstPeer[shape] ?? null;
  const memory = name === 'lora' && shape === '768x12';
  return {
    ...plainRow,
    name: `step-${name}-${shape}`,
    what: `a training step of ${given.words}: ${sizeText(job.shape)}`,
    sides: () => [
      { name: 'ours', by: 'us', job },
      ...(againstLora ? [ourLora] : []),
      { name: 'peer', by: 'peer', job, ...(method === 'qlora' && { needs: 'bitsandbytes' }) },
    ],
    turns: turnsOf[shape],
    showsPeak: memory,
    figures: [
      ...(reach === null ? [] : [timeAgainst('peer', { reach })]),
      ...(againstLora ? [timeAgainst(ourLora.name, againstLora)] : []),
      ...(memory ? [{ what: 'peak resident memory', against: 'peer', of: peak, reach: 0.95 }] : []),
    ],
    seconds: secondsOf[shape] * (againstLora ? 1.3 : 1),
  };
}

export const timeAgainst = (against: Figure['against'], set: { reach: number; stretch?: number }): Figure => ({
  what: 'time of a step',
  against,
  of: time,
  ...set,
});
