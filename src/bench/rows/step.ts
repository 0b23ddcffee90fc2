/** Training steps: every method at every shape, against PEFT; some also against our own LoRA step. */
import type { Turns } from '../alternate.ts';
import type { StepJob } from '../job.ts';
import type { Figure, Row, RowSide } from '../row.ts';
import { shapes, type ShapeName } from '../shape.ts';
import { type Conditions, warmupOf } from './conditions.ts';

interface Timed {
  readonly words: string;
  readonly method: string;
  readonly targets: string | readonly string[];
  /** Largest ratio of our time to the peer's, by shape. A shape that is missing has no row. */
  readonly againstPeer: { readonly [shape in ShapeName]?: number | null };
  /** Largest ratio to our own LoRA step. */
  readonly againstLora?: { readonly reach: number; readonly stretch?: number };
}

const queryAndValue = ['q_proj', 'v_proj'];
const loraReach = { '64x5': 0.85, '256x4': 0.72, '512x6': 0.58, '768x12': 0.55 };
const fromWidth256 = { '256x4': null, '512x6': null, '768x12': null };

const timed: { readonly [name: string]: Timed } = {
  lora: { words: 'LoRA', method: 'lora', targets: queryAndValue, againstPeer: loraReach },
  'lora-all-linear': {
    words: 'LoRA on all linear maps',
    method: 'lora',
    targets: 'all-linear',
    againstPeer: loraReach,
  },
  dora: {
    words: 'DoRA',
    method: 'dora',
    targets: queryAndValue,
    againstPeer: fromWidth256,
    againstLora: { reach: 1.05 },
  },
  adalora: {
    words: 'AdaLoRA, penalty and allocator included',
    method: 'adalora',
    targets: queryAndValue,
    againstPeer: fromWidth256,
    againstLora: { reach: 1.1 },
  },
  qlora: {
    words: 'QLoRA, NF4 with double quantization',
    method: 'qlora',
    targets: queryAndValue,
    againstPeer: fromWidth256,
    againstLora: { reach: 1.4, stretch: 1.25 },
  },
  full: {
    words: 'full fine-tuning',
    method: 'full',
    targets: 'all',
    againstPeer: { '256x4': 0.8, '512x6': 0.8, '768x12': 0.8 },
  },
  loraplus: { words: 'LoRA+', method: 'loraPlus', targets: queryAndValue, againstPeer: fromWidth256 },
};

/** Small steps are timed more often: they vary more, and cost less. */
const turnsOf: { readonly [shape in ShapeName]: Turns } = {
  '64x5': { rounds: 6, repeats: 10 },
  '256x4': { rounds: 6, repeats: 5 },
  '512x6': { rounds: 4, repeats: 3 },
  '768x12': { rounds: 4, repeats: 3 },
};
const secondsOf: { readonly [shape in ShapeName]: number } = { '64x5': 20, '256x4': 25, '512x6': 35, '768x12': 60 };

export const time: Figure['of'] = ({ value }) => value;

export function stepRows(conditions: Conditions): Row[] {
  return Object.entries(timed).flatMap(([name, method]) =>
    (Object.keys(method.againstPeer) as ShapeName[]).map((shape) => stepRow(name, method, shape, conditions)),
  );
}

function stepRow(name: string, method: Timed, shape: ShapeName, conditions: Conditions): Row {
  const job: StepJob = {
    work: 'step',
    shape: shapes[shape],
    method: method.method,
    targets: method.targets,
    writing: 'blocks',
    lanes: 1,
    threads: conditions.threads,
    warmup: warmupOf(conditions, 2),
  };
  const isLora768 = name === 'lora' && shape === '768x12';
  const lora: RowSide = { name: 'our LoRA step', by: 'us', job: { ...job, method: 'lora' } };
  const reach = method.againstPeer[shape];
  return {
    name: `step-${name}-${shape}`,
    what: `a training step of ${method.words}: ${sizeText(job)}`,
    unit: 'ms',
    better: 'lower',
    sides: [{ name: 'ours', by: 'us', job }, ...(method.againstLora ? [lora] : []), { name: 'peer', by: 'peer', job }],
    turns: turnsOf[shape],
    fresh: false,
    inUnit: (milliseconds) => milliseconds,
    showsPeak: isLora768,
    figures: [
      ...(reach == null ? [] : [{ what: 'time of a step', against: 'peer', of: time, reach }]),
      ...(method.againstLora ? [{ what: 'time of a step', against: lora.name, of: time, ...method.againstLora }] : []),
      ...(isLora768
        ? [
            {
              what: 'peak resident memory',
              against: 'peer',
              of: (side: { peakBytes: number }) => side.peakBytes,
              reach: 0.95,
            },
          ]
        : []),
    ],
    seconds: secondsOf[shape] * (method.againstLora ? 1.3 : 1),
  };
}

const sizeText = ({ shape }: StepJob): string =>
  `hidden ${shape.hidden}, ${shape.layers} layers, vocabulary ${shape.vocabulary}, ${shape.batch} × ${shape.sequence} tokens`;
