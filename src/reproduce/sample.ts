import type { RunRecord } from '../results/record.ts';
import { stream } from '../tensor/random.ts';

/**
 * So many of the records, the same ones every time for the same folder (`folderHash`): one of each variant in turn, in an order and
 * with a choice drawn from the folder's hash. All where there are no more.
 */
export function sampleOf(records: readonly RunRecord[], count: number, folderHash: string): RunRecord[] {
  const variants = [...new Set(records.map(({ plan }) => plan.variant))];
  const random = (name: string): ReturnType<typeof stream> => stream(0, 'reproduce', folderHash, name);
  const drawn = random('variants')
    .shuffle(variants)
    .map((variant) => random(variant).shuffle(records.filter(({ plan }) => plan.variant === variant)));
  const turns = Math.max(0, ...drawn.map(({ length }) => length));
  const inTurn = Array.from({ length: turns }, (_, turn) => drawn.flatMap((own) => own[turn] ?? [])).flat();
  const chosen = new Set(inTurn.slice(0, count));
  return records.filter((record) => chosen.has(record));
}
