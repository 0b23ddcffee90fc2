/** Measures rows one after the other. What is measured is handed on after each row, whatever becomes of the next. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { messageOf, RequestError } from '../errors.ts';
import { emptyOutcome, measureRow, type Outcome } from './measureRow.ts';
import { machine } from './machine.ts';
import { type BenchRecord, benchSchemaName, type MeasuredRow } from './record.ts';
import type { Row } from './row.ts';
import { type Command, type Side, startSide } from './side.ts';

export interface BenchOptions {
  readonly ours: Command;
  /** Null: our side alone. */
  readonly peer: Command | null;
  readonly quick: boolean;
  readonly threads: number;
  /** Aborted to stop: workers end, and what is measured stays. */
  readonly signal: AbortSignal;
  readonly onRow: (row: Row, index: number) => void;
  readonly onRound: (row: Row, done: number) => void;
  /** After each row: everything so far. */
  readonly onMeasured: (record: BenchRecord, row: MeasuredRow) => void;
}

/** A RequestError for a peer that cannot do its part, before anything is measured. Ends early when the signal is aborted. */
export async function bench(rows: readonly Row[], options: BenchOptions): Promise<BenchRecord> {
  const { signal, threads, quick, peer } = options;
  const nothing = { work: 'nothing', threads, warmup: 0 } as const;
  const ours = await environmentOf(() => startSide(options.ours, nothing, signal));
  const theirs = peer && (await environmentOf(() => startPeer(peer, threads, signal)));
  let record: BenchRecord = {
    schema: benchSchemaName,
    quick,
    machine: machine(),
    ours,
    peer: theirs,
    rows: [],
  };
  for (const [index, row] of rows.entries()) {
    if (signal.aborted) break;
    options.onRow(row, index);
    const measuredAt = new Date().toISOString();
    const began = performance.now();
    const outcome = await outcomeOf(row, record, options);
    if (signal.aborted) break;
    const measured = { ...outcome, measuredAt, seconds: (performance.now() - began) / 1000 };
    record = { ...record, rows: [...record.rows, measured] };
    options.onMeasured(record, measured);
  }
  return record;
}

/** A failure is a row, too. */
async function outcomeOf(
  row: Row,
  { ours: { engine }, peer: has }: BenchRecord,
  { ours, peer, signal, onRound }: BenchOptions,
): Promise<Outcome> {
  const obstacle = row.obstacle();
  if (obstacle !== null) return { ...emptyOutcome(row, [], engine), skipped: obstacle };
  const folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-bench-'));
  const sides = row.sides(folder).filter(({ by, needs }) => by === 'us' || (has && (!needs || needs in has.versions)));
  try {
    row.prepare(folder);
    return await measureRow(
      row,
      sides,
      ({ by, job }) => startSide(by === 'us' ? ours : peer!, job, signal),
      (done) => onRound(row, done),
    );
  } catch (error) {
    return { ...emptyOutcome(row, sides, sides[0]!.job.engine ?? engine), error: messageOf(error) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startPeer(command: Command, threads: number, signal: AbortSignal): Promise<Side> {
  try {
    return await startSide(command, { work: 'nothing', threads, warmup: 0 }, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new RequestError(
      `the peer '${command.program}' cannot do its part: ${messageOf(error)}\n` +
        '--peer wants a Python with torch, transformers, peft and safetensors; with bitsandbytes as well it does all rows.',
    );
  }
}

async function environmentOf(start: () => Promise<Side>): Promise<Side['ready']['environment']> {
  const side = await start();
  await side.end();
  return side.ready.environment;
}
