/** The rows of a bench, by name. One file a kind. */
import { closestText } from '../../closestNames.ts';
import { RequestError } from '../../errors.ts';
import type { Row } from '../row.ts';
import { type Conditions, scaled } from './conditions.ts';
import { generateRows } from './generate.ts';
import { loadRows } from './load.ts';
import { mergeRows } from './merge.ts';
import { otherEngineRows } from './otherEngines.ts';
import { productRows } from './product.ts';
import { quantizeRows } from './quantize.ts';
import { smallStepRows } from './smallStep.ts';
import { stepRows } from './step.ts';
import { sweepRows } from './sweep.ts';

const kinds: readonly ((conditions: Conditions) => readonly Row[])[] = [
  productRows,
  stepRows,
  smallStepRows,
  otherEngineRows,
  loadRows,
  mergeRows,
  quantizeRows,
  generateRows,
  sweepRows,
];

/** In the order in which they are measured. */
export const rowsOf = (conditions: Conditions): Row[] =>
  kinds.flatMap((kind) => kind(conditions).map((row) => scaled(row, conditions)));

export const rowNames = (): string[] => rowsOf({ threads: 1, quick: false }).map(({ name }) => name);

/** Those that are asked for, all of them for null. A RequestError for a name that no row has. */
export function chosenRows(rows: readonly Row[], only: readonly string[] | null): Row[] {
  const names = rows.map(({ name }) => name);
  for (const name of only ?? [])
    if (!names.includes(name))
      throw new RequestError(
        `there is no row '${name}'; ${closestText(name, names)}; adapterlab bench --help lists them all`,
      );
  return rows.filter(({ name }) => only === null || only.includes(name));
}
