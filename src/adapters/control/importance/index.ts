/** The registry of importances: one file and one line each. */
import { RequestError } from '../../../errors.ts';
import { full } from './full.ts';
import type { ImportanceRule } from './importance.ts';
import { magnitude } from './magnitude.ts';
import { random } from './random.ts';
import { sensitivity } from './sensitivity.ts';

export type ImportanceName = 'full' | 'sensitivity' | 'magnitude' | 'random' | 'randomOrder';

const importances: Readonly<Record<ImportanceName, ImportanceRule>> = {
  full: full(),
  sensitivity: sensitivity(),
  magnitude: magnitude(),
  random: random({ redrawn: true }),
  randomOrder: random({ redrawn: false }),
};

/** The rule of a name, or the rule itself. An unknown name is a RequestError. */
export function importanceOf(given: ImportanceName | ImportanceRule): ImportanceRule {
  if (typeof given === 'object' && given !== null) return given;
  if (Object.hasOwn(importances, given)) return importances[given];
  throw new RequestError(
    `the rank allocator's importance is ${Object.keys(importances).join(', ')} or a rule of one's own, not ${JSON.stringify(given)}`,
  );
}
