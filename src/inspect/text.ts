/** An inspection as a table for people. */
import type { Spec } from '../adapters/json.ts';
import type { Targets } from '../adapters/targets.ts';
import { bytesText, countText, fixed, significant } from '../report/numberText.ts';
import type { Inspection } from './inspect.ts';
import type { InspectedSite, TrainedTensor } from './inspectedSite.ts';

export interface Asked {
  readonly model: { readonly name: string; readonly weights: 'checked' | 'absent' };
  readonly method: { readonly name: string; readonly storage: Spec };
  readonly targets: Targets;
}

export function inspectionText({ model, method, targets }: Asked, { sites, totals, warnings }: Inspection): string {
  const { trainable, base, percent, bytes, activations } = totals;
  const lines = [
    [
      'trained',
      `${countText(trainable)} at ${totals.sites} ${totals.sites === 1 ? 'site' : 'sites'}, ${fixed(percent, 4)} % of all numbers`,
    ],
    ['base', `${countText(base)}, ${bytesText(bytes.base)} in ${method.storage.type}`],
    ['adapter', bytesText(bytes.adapter)],
    ...(bytes.frozenAdapter > 0 ? [['frozen', `${bytesText(bytes.frozenAdapter)} that the method brings along`]] : []),
    ['gradients', bytesText(bytes.gradients)],
    ['optimizer', `${bytesText(bytes.optimizer)}, AdamW's two moments`],
    ['together', `${bytesText(Object.values(bytes).reduce((a, b) => a + b))}`],
    [
      'on top',
      `for each token of a batch ${bytesText(activations.perToken)} of activations and ${bytesText(activations.perPosition)} for each position of its sequence`,
    ],
  ];
  return [
    `${method.name} on ${[targets.targets].flat().join(', ')} of ${model.name}${model.weights === 'absent' ? ' (by its config.json; no weights there)' : ''}`,
    '',
    ...columns([header, ...sites.map(row)]),
    '',
    ...lines.map(([label, text]) => `${label!.padEnd(11)}${text}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ].join('\n');
}

const header = ['site', 'in × out', 'rank', 'scale', 'trained', 'parameters', 'bytes'];

function row({ name, kind, shape, derived: { rank, scale }, trained, parameters, bytes }: InspectedSite): string[] {
  return [
    name,
    kind === 'vector' ? countText(shape[1]) : shape.map(countText).join(' × '),
    rank === undefined ? '–' : String(rank),
    scale === undefined ? '–' : significant(scale, 3),
    trained.map(tensorText).join(', '),
    countText(parameters),
    bytesText(bytes),
  ];
}

const tensorText = ({ role, shape }: TrainedTensor): string => `${role} ${shape.join('×')}`;

/** Padded to the widest of each column; numbers of rows end their column on the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((cells) => cells[i]!.length)));
  const isNumber = widths.map((_, i) => rows.slice(1).every((cells) => /^([\d,.]|–)/.test(cells[i]!)));
  return rows.map((cells) =>
    cells
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}
