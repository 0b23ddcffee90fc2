/** Measures one row: starts its sides, lets them take turns, and says what each came to. */
import { median, quantile } from '../statistics/quantile.ts';
import { alternate, isEnough } from './alternate.ts';
import { figuresOf } from './figures.ts';
import type { MeasuredRow, Spread } from './record.ts';
import type { MeasuredSide, Row, RowSide } from './row.ts';
import type { Side } from './side.ts';

/** Starts the worker of a side. */
export type StartSide = (side: RowSide) => Promise<Side>;

/** What comes of a row, but for when it was measured. */
export type Outcome = Omit<MeasuredRow, 'measuredAt' | 'seconds'>;

/** Throws what a worker says or dies of; all workers have ended then. */
export async function measureRow(
  row: Row,
  sides: readonly RowSide[],
  start: StartSide,
  onRound: (done: number) => void,
): Promise<Outcome> {
  const found = await (row.fresh ? measureFresh : measureTogether)(row, sides, start, onRound);
  return outcomeOf(row, sides, found);
}

interface SideMeasurement {
  readonly samples: readonly number[];
  readonly peakBytes: number;
  readonly ready: Side['ready'];
}

/** Seconds after which a row makes do with what it has. */
const limitOf = ({ seconds }: Row): number => 4 * seconds;

/** All processes live at once and take turns. */
async function measureTogether(
  row: Row,
  sides: readonly RowSide[],
  start: StartSide,
  onRound: (done: number) => void,
): Promise<SideMeasurement[]> {
  const started: Side[] = [];
  try {
    for (const side of sides) started.push(await start(side));
    const samples = await alternate(started, row.turns, limitOf(row), onRound);
    const found: SideMeasurement[] = [];
    for (const [index, side] of started.entries())
      found.push({ samples: samples[index]!, peakBytes: await side.end(), ready: side.ready });
    return found;
  } finally {
    for (const side of started) side.kill();
  }
}

/** A process a turn, one after the other. Memory is the median of theirs. */
async function measureFresh(
  row: Row,
  sides: readonly RowSide[],
  start: StartSide,
  onRound: (done: number) => void,
): Promise<SideMeasurement[]> {
  const found = sides.map((): SideMeasurement[] => []);
  const { rounds, repeats } = row.turns;
  const began = performance.now();
  for (let round = 0; round < rounds && !isEnough(round, began, limitOf(row)); round++) {
    for (const [index, wanted] of sides.entries()) {
      const side = await start(wanted);
      try {
        const samples = await side.measure(repeats);
        found[index]!.push({ samples, peakBytes: await side.end(), ready: side.ready });
      } finally {
        side.kill();
      }
    }
    onRound(round + 1);
  }
  return found.map((turns) => ({
    samples: turns.flatMap(({ samples }) => samples),
    peakBytes: median(turns.map(({ peakBytes }) => peakBytes)),
    ready: turns.at(-1)!.ready,
  }));
}

function outcomeOf(row: Row, sides: readonly RowSide[], found: readonly SideMeasurement[]): Outcome {
  const measured = new Map(sides.map(({ name }, index) => [name, inUnitOf(row, found[index]!)]));
  const ours = measured.get('ours')!;
  const peer = measured.get('peer') ?? null;
  return {
    ...emptyOutcome(row, sides, found[0]!.ready.environment.engine),
    ours: ours.value,
    peer: peer && peer.value,
    ratio: peer && ours.value / peer.value,
    oursSpread: spreadOf(ours.samples),
    peerSpread: peer && spreadOf(peer.samples),
    samples: Object.fromEntries([...measured].map(([side, { samples }]) => [side, [...samples]])),
    figures: figuresOf(row, measured),
    peakBytes: row.showsPeak
      ? { ours: ours.peakBytes, peer: peer && peer.peakBytes, ratio: peer && ours.peakBytes / peer.peakBytes }
      : null,
    counts: { ...ours.counts },
  };
}

function inUnitOf({ inUnit }: Row, { samples, peakBytes, ready }: SideMeasurement): MeasuredSide {
  const converted = samples.map(inUnit);
  const { residentBytes, counts } = ready;
  return { value: median(converted), samples: converted, peakBytes, addedBytes: peakBytes - residentBytes, counts };
}

/** A row without numbers; `engine` is the one that would have done it. */
export function emptyOutcome(row: Row, sides: readonly RowSide[], engine: string): Outcome {
  const { name, what, unit, better } = row;
  const threads = new Set(sides.map(({ job }) => job.threads));
  return {
    name,
    what,
    engine,
    threads: threads.size === 1 ? [...threads][0]! : null,
    unit,
    better,
    ours: null,
    peer: null,
    ratio: null,
    oursSpread: null,
    peerSpread: null,
    samples: {},
    figures: figuresOf(row, new Map()),
    peakBytes: null,
    counts: {},
    error: null,
    skipped: null,
  };
}

const spreadOf = (values: readonly number[]): Spread => ({
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
  least: quantile(values, 0),
  most: quantile(values, 1),
});
