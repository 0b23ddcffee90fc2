/** A figure in words. */
import { significant } from '../../report/numberText.ts';
import type { MeasuredFigure, MeasuredRow } from '../record.ts';

/** `time of a step / peer: 0.81 (at most 0.85): reached` */
export function figureText(
  { what, against, ratio, reach, stretch, reached }: MeasuredFigure,
  { better }: Pick<MeasuredRow, 'better'>,
): string {
  const bound = better === 'lower' ? 'at most' : 'at least';
  const wanted = `${bound} ${significant(reach, 3)}${stretch === undefined ? '' : `, if possible ${significant(stretch, 3)}`}`;
  if (ratio === null) return `${what} / ${against}: not measured (${wanted})`;
  return `${what} / ${against}: ${significant(ratio, 3)} (${wanted}): ${reached ? 'reached' : 'missed'}`;
}

/** `106 ms`, or what is known instead. */
export const valueText = (value: number | null, unit: string, otherwise = '–'): string =>
  value === null ? otherwise : `${significant(value, 3)} ${unit}`;
