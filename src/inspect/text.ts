/** An inspection as tables for people. */
import type { Spec } from '../adapters/json.ts';
import type { Targets } from '../adapters/targets.ts';
import { bytesText, countText, significant } from '../report/numberText.ts';
import { type AlikeSites, alikeSites } from './alikeSites.ts';
import { columns } from './columns.ts';
import type { Inspection, Memory } from './inspect.ts';
import type { TrainedTensor } from './inspectedSite.ts';
import type { ModelShape } from './modelShape.ts';

export interface Asked {
  readonly model: Pick<ModelShape, 'name' | 'weights' | 'stored'>;
  readonly method: { readonly name: string; readonly storage: Spec };
  readonly precision: string;
  readonly targets: Targets;
}

export function inspectionText(asked: Asked, inspection: Inspection): string {
  const { model, method, targets } = asked;
  const { sites, totals, training, fullFineTuning, peft, warnings } = inspection;
  return [
    `${method.name} on ${[targets.targets].flat().join(', ')} of ${model.name}${model.weights === 'absent' ? ' (by its config.json; no weights there)' : ''}`,
    '',
    ...columns([siteHeader, ...alikeSites(sites).map(siteRow)]),
    '',
    ...columns([['', method.name, 'full fine-tuning'], ...memoryRows(totals, fullFineTuning)]),
    '',
    baseText(asked, totals.base),
    `Optimizer: ${training.optimizer}. ${activationsText(inspection)}`,
    againstFull(totals, fullFineTuning),
    peft,
    ...warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}

function baseText({ model: { stored }, method: { storage }, precision }: Asked, numbers: number): string {
  const held = storage.type === 'float32' ? '' : `, linear maps in ${storage.type}`;
  const types = stored && Object.keys(stored.numbers).join(', ');
  const files = stored ? ` Its files hold ${bytesText(stored.bytes)} in ${types}.` : '';
  return `The base: ${countText(numbers)} numbers${held}; precision: ${precision}.${files}`;
}

function activationsText({ training: { batch, sequence, writing }, totals }: Inspection): string {
  const { portable, kernels } = totals.activationBytes;
  const of = `Activations: of ${countText(batch)} × ${countText(sequence)} tokens`;
  return writing === 'portable'
    ? `${of}, on any engine; the native engine's own kernels keep ${bytesText(kernels)} (--activations kernels).`
    : `${of}, by the native engine's own kernels; portable operations keep ${bytesText(portable)}.`;
}

function againstFull(one: Memory, full: Memory): string {
  if (one.trainable === full.trainable) return 'Here the frozen base is kept beside what trains: other runs share it.';
  return `Full fine-tuning trains ${ratio(full.trainable, one.trainable)} times as many numbers, in ${ratio(full.totalBytes, one.totalBytes)} times the bytes.`;
}

const siteHeader = ['site', 'in × out', 'rank', 'scale', 'trained', 'sites', 'parameters', 'bytes'];

function siteRow({ name, count, one }: AlikeSites): string[] {
  const { kind, shape, derived, trained, parameters, bytes } = one;
  return [
    name,
    kind === 'vector' ? countText(shape[1]) : shape.map(countText).join(' × '),
    derived.rank === undefined ? '–' : String(derived.rank),
    derived.scale === undefined ? '–' : significant(derived.scale, 3),
    trained.map(tensorText).join(', '),
    countText(count),
    countText(count * parameters),
    bytesText(count * bytes),
  ];
}

const tensorText = ({ role, shape }: TrainedTensor): string => `${role} ${shape.join('×')}`;

/** One row a holder, one column each. */
function memoryRows(one: Memory, other: Memory): string[][] {
  const both = (label: string, text: (memory: Memory) => string): string[] => [label, text(one), text(other)];
  const held = (holder: keyof Memory['bytes']): string[] =>
    both(holder, ({ bytes }) => (bytes[holder] === 0 ? '–' : bytesText(bytes[holder])));
  return [
    both('trained', ({ trainable }) => countText(trainable)),
    held('base'),
    held('adapter'),
    ...(one.bytes.frozenAdapter > 0 ? [['frozen beside it', bytesText(one.bytes.frozenAdapter), '–']] : []),
    held('gradients'),
    held('optimizer'),
    held('activations'),
    both('together', ({ totalBytes }) => bytesText(totalBytes)),
    both('checkpoint', ({ checkpointBytes }) => bytesText(checkpointBytes)),
  ];
}

const ratio = (more: number, less: number): string =>
  more / less >= 100 ? countText(more / less) : significant(more / less, 3);
