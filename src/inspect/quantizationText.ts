/** What a storage loses of a base, as a table for people. */
import { countText, fixed, significant } from '../report/numberText.ts';
import type { QuantizationReport, QuantizedLayer } from '../train/quantizationReport.ts';
import { columns } from './columns.ts';

export function quantizationText({ layers, rootMeanSquare, bitsPerParameter }: QuantizationReport): string {
  return [
    ...columns([header, ...layers.map(row)]),
    '',
    `Over all: a root mean square error of ${significant(rootMeanSquare, 3)} at ${fixed(bitsPerParameter, 3)} bits a number, scales included.`,
  ].join('\n');
}

const header = ['layer', 'numbers', 'bits each', 'error (rms)', 'of its size', 'worst block (rms)'];

const row = ({ site, parameters, ...error }: QuantizedLayer): string[] => [
  site,
  countText(parameters),
  fixed(error.bitsPerParameter, 3),
  significant(error.rootMeanSquare, 3),
  `${fixed(100 * error.relative, 2)} %`,
  significant(error.worstBlock.rootMeanSquare, 3),
];
