/** Measures one row: starts its sides, lets them take turns, and says what each came to. */
import { median, quantile } from '../results/statistics/quantile.ts';
import { alternate } from './alternate.ts';
import { figuresOf, type Sides } from './figures.ts';
import type { MeasuredRow, Spread } from './record.ts';
import type { MeasuredSide, Row, RowSide } from './row.ts';
import type { Side } from './side.ts';

/** Starts the worker of a side. */
export type StartSide = (side: RowSide) => Promise<Side>;

/** What comes of a row, but for when it was measured. */
export type Outcome = Omit<MeasuredRow, 'measuredAt' | 'seconds'>;

/** Throws what a worker says or dies of; all workers have ended then. */
export async function measureRow(row: Row, start: StartSide, onRound: (done: number) => void): Promise<Outcome> {
  const measured = row.fresh ? await measureFresh(row, start, onRound) : await measureTogether(row, start, onRound);
  return outcomeOf(row, measured);
}

interface Measurements {
  readonly sides: Sides;
  readonly engine: string;
}

interface SideMeasurement {
  readonly samples: readonly number[];
  readonly peakBytes: number;
  readonly ready: Side['ready'];
}

/** All processes live at once and take turns. */
async function measureTogether(row: Row, start: StartSide, onRound: (done: number) => void): Promise<Measurements> {
  const started: Side[] = [];
  try {
    for (const side of row.sides) started.push(await start(side));
    const samples = await alternate(started, row.turns, onRound);
    const found: SideMeasurement[] = [];
    for (const [index, side] of started.entries())
      found.push({ samples: samples[index]!, peakBytes: await side.end(), ready: side.ready });
    return measurementsOf(row, found);
  } finally {
    for (const side of started) side.kill();
  }
}

/** One process a repetition, one after the other. */
async function measureFresh(row: Row, start: StartSide, onRound: (done: number) => void): Promise<Measurements> {
  const found = row.sides.map(() => ({
    samples: [] as number[],
    peaks: [] as number[],
    ready: null as Side['ready'] | null,
  }));
  for (let round = 0; round < row.turns.rounds; round++) {
    for (const [index, wanted] of row.sides.entries()) {
      const side = await start(wanted);
      try {
        const at = found[index]!;
        at.samples.push(...(await side.measure(row.turns.repeats)));
        at.peaks.push(await side.end());
        at.ready = side.ready;
      } finally {
        side.kill();
      }
    }
    onRound(round + 1);
  }
  return measurementsOf(
    row,
    found.map(({ samples, peaks, ready }) => ({ samples, peakBytes: median(peaks), ready: ready! })),
  );
}

function measurementsOf(row: Row, found: readonly SideMeasurement[]): Measurements {
  const sides = row.sides.map(({ name }, index): [string, MeasuredSide] => {
    const { samples, peakBytes, ready } = found[index]!;
    const inUnit = samples.map(row.inUnit);
    const { residentBytes, counts } = ready;
    return [name, { value: median(inUnit), samples: inUnit, peakBytes, addedBytes: peakBytes - residentBytes, counts }];
  });
  return { sides: new Map(sides), engine: found[0]!.ready.environment.engine };
}

function outcomeOf(row: Row, { sides, engine }: Measurements): Outcome {
  const { name, what, unit, better, showsPeak } = row;
  const ours = sides.get('ours')!;
  const peer = sides.get('peer') ?? null;
  return {
    name,
    what,
    engine,
    threads: threadsOf(row),
    unit,
    better,
    ours: ours.value,
    peer: peer && peer.value,
    ratio: peer && ours.value / peer.value,
    oursSpread: spreadOf(ours.samples),
    peerSpread: peer && spreadOf(peer.samples),
    samples: Object.fromEntries([...sides].map(([side, { samples }]) => [side, [...samples]])),
    figures: figuresOf(row, sides),
    peakBytes: showsPeak
      ? { ours: ours.peakBytes, peer: peer && peer.peakBytes, ratio: peer && ours.peakBytes / peer.peakBytes }
      : null,
    counts: { ...ours.counts },
    error: null,
    skipped: null,
  };
}

/** A row without numbers, and why. */
export function emptyOutcome(
  row: Row,
  engine: string,
  why: { readonly error: string } | { readonly skipped: string },
): Outcome {
  const { name, what, unit, better } = row;
  return {
    name,
    what,
    engine,
    threads: threadsOf(row),
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
    ...why,
  };
}

const threadsOf = ({ sides }: Row): number | null => {
  const threads = new Set(sides.map(({ job }) => job.threads));
  return threads.size === 1 ? [...threads][0]! : null;
};

const spreadOf = (values: readonly number[]): Spread => ({
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
  least: quantile(values, 0),
  most: quantile(values, 1),
});
