/** Bases are found again by the hashes in the records of runs. */
import { expect, it } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { openBases } from '../../src/experiment/analyse/bases.ts';
import { smallWorld, widths } from '../../src/experiment/base.ts';
import type { FinishedRun } from '../../src/results/record.ts';
import { synthetic } from '../results/synthetic.ts';

const [made] = synthetic().records as FinishedRun[];
/** As a run on that base would have it in its plan. */
const runOn = (base: object): FinishedRun => ({ ...made!, plan: { ...made!.plan, base: base as never } });

function embedded(width: (typeof widths)[number]): { type: string; name: string; hash: string } {
  const source = smallWorld({ width });
  const { checkpoint } = source.open();
  const hash = checkpoint.hash();
  checkpoint.close();
  return { type: String(source.spec.type), name: String(source.spec.name), hash };
}

it('the embedded ones of all widths by themselves', () => {
  const runs = widths.map((width) => runOn(embedded(width)));
  const bases = openBases(runs, []);
  const found = runs.map((run) => (bases.checkpointOf(run).config as { hidden_size: number }).hidden_size);
  bases.close();
  expect(found).toEqual(widths);
});

it('none of another hash', () => {
  const other = { ...embedded(48), hash: '0'.repeat(64) };
  expect(() => openBases([runOn(other)], [])).toThrow(/another version of the embedded base \(00000000\)/);
  expect(() => openBases([runOn({ type: 'huggingFace', name: 'mine', hash: 'f'.repeat(64) })], [])).toThrow(
    RequestError,
  );
});
