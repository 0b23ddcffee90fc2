/** The table for other programs. */
import { csv, type Row } from '../../report/csv.ts';
import type { BenchRecord, MeasuredRow } from '../record.ts';
import { figureText } from './figureText.ts';

/** One row a measurement; units are in the column `unit`, memory is in bytes. What was not measured is empty. */
export const benchCsv = ({ rows }: BenchRecord): string => csv(rows.map(line));

const line = (row: MeasuredRow): Row => ({
  name: row.name,
  engine: row.engine,
  threads: row.threads,
  unit: row.unit,
  better: row.better,
  ours: row.ours,
  oursLow: row.oursSpread?.low ?? null,
  oursHigh: row.oursSpread?.high ?? null,
  peer: row.peer,
  peerLow: row.peerSpread?.low ?? null,
  peerHigh: row.peerSpread?.high ?? null,
  ratio: row.ratio,
  oursPeakBytes: row.peakBytes?.ours ?? null,
  peerPeakBytes: row.peakBytes?.peer ?? null,
  figures: row.figures.map((figure) => figureText(figure, row)).join('; '),
  error: row.error,
  skipped: row.skipped,
  measuredAt: row.measuredAt,
});
