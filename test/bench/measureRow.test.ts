import { describe, expect, it } from 'vitest';
import { alternate } from '../../src/bench/alternate.ts';
import { measureRow, type StartSide } from '../../src/bench/measureRow.ts';
import type { Environment } from '../../src/results/record/environment.ts';
import type { Side } from '../../src/bench/side.ts';
import { fakeRow } from './fakeRow.ts';

const environment: Environment = {
  engine: 'fake',
  reason: 'a test',
  cpu: 'none',
  threads: 1,
  versions: {},
  commit: null,
  platform: 'test',
};

/** Sides that give what they are told, and a diary of what was asked of whom. */
function fakes(times: { readonly [side: string]: readonly number[] }): { start: StartSide; diary: string[] } {
  const diary: string[] = [];
  const start: StartSide = ({ name }) => {
    diary.push(`start ${name}`);
    const left = [...times[name]!];
    return Promise.resolve({
      ready: { type: 'ready', environment, residentBytes: 100, counts: { things: 7 } },
      measure(repeats: number) {
        diary.push(`${repeats} of ${name}`);
        return Promise.resolve(left.splice(0, repeats));
      },
      end: () => Promise.resolve(name === 'peer' ? 8000 : 6000),
      kill: () => void diary.push(`kill ${name}`),
    });
  };
  return { start, diary };
}

const times = { ours: [4, 1, 1, 1, 9, 2], 'our other': [4, 4, 4, 4, 4, 4], peer: [5, 1, 3, 3, 7, 3] };

it('sides take turns, in the same order every time', async () => {
  const asked: string[] = [];
  const side = (name: string): Pick<Side, 'measure'> => ({
    measure(repeats) {
      asked.push(name);
      return Promise.resolve(Array.from({ length: repeats }, () => asked.length));
    },
  });
  const rounds: number[] = [];
  const samples = await alternate([side('a'), side('b')], { rounds: 3, repeats: 2 }, 60, (done) => rounds.push(done));
  expect(asked).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(samples).toEqual([
    [1, 1, 3, 3, 5, 5],
    [2, 2, 4, 4, 6, 6],
  ]);
  expect(rounds).toEqual([1, 2, 3]);

  asked.length = 0;
  await alternate([side('a')], { rounds: 9, repeats: 1 }, 0, () => {});
  expect(asked, 'two rounds are made whatever it takes').toEqual(['a', 'a']);
});

describe('a row', () => {
  it('is the medians, their ratio, quartiles, and every figure', async () => {
    const row = fakeRow({ showsPeak: true });
    const found = await measureRow(row, row.sides(''), fakes(times).start, () => {});
    expect(found).toMatchObject({
      engine: 'fake',
      threads: 1,
      ours: 1.5,
      peer: 3,
      ratio: 0.5,
      oursSpread: { least: 1, low: 1, high: 3.5, most: 9 },
      samples: times,
      peakBytes: { ours: 6000, peer: 8000, ratio: 0.75 },
      counts: { things: 7 },
      error: null,
    });
    expect(found.figures).toEqual([
      { what: 'time', against: 'peer', ratio: 0.5, reach: 0.5, stretch: 0.25, reached: true },
      { what: 'time', against: 'our other', ratio: 0.375, reach: 0.5, reached: true },
      { what: 'memory', against: 'a thing', ratio: 6000 / 7, reach: 1000, reached: true },
    ]);
  });

  it('is held against its figure from the other side where more is better', async () => {
    const row = fakeRow({ better: 'higher', inUnit: (milliseconds) => 6 / milliseconds });
    const found = await measureRow(row, row.sides(''), fakes(times).start, () => {});
    expect(found.ours).toBe((6 + 3) / 2);
    expect(found.figures.map(({ reached }) => reached)).toEqual([true, true, false]);
  });

  it('without a peer has ours alone, and says of what it is not held against that it was not measured', async () => {
    const row = fakeRow();
    const sides = row.sides('').filter(({ by }) => by === 'us');
    const found = await measureRow(row, sides, fakes(times).start, () => {});
    expect(found).toMatchObject({ ours: 1.5, peer: null, ratio: null, peerSpread: null });
    expect(found.figures.map(({ ratio, reached }) => [ratio, reached])).toEqual([
      [null, null],
      [0.375, true],
      [6000 / 7, true],
    ]);
  });

  it('starts its processes once, or one for each turn, and ends them whatever happens', async () => {
    const together = fakes(times);
    await measureRow(fakeRow(), fakeRow().sides('').slice(0, 2), together.start, () => {});
    expect(together.diary).toEqual(
      ['start ours', 'start our other', '3 of ours', '3 of our other', '3 of ours', '3 of our other'].concat([
        'kill ours',
        'kill our other',
      ]),
    );
    const apart = fakes(times);
    await measureRow(fakeRow({ fresh: true }), fakeRow().sides('').slice(0, 1), apart.start, () => {});
    expect(apart.diary).toEqual(Array(2).fill(['start ours', '3 of ours', 'kill ours']).flat());
    const broken = fakes(times);
    const start: StartSide = async (side) => {
      if (side.by === 'peer') throw new Error('no peer here');
      return broken.start(side);
    };
    await expect(measureRow(fakeRow(), fakeRow().sides(''), start, () => {})).rejects.toThrow('no peer here');
    expect(broken.diary).toEqual(['start ours', 'start our other', 'kill ours', 'kill our other']);
  });
});
