/** The verb `run` as processes: workers, signals, and two at once. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStore } from '../../src/results/store.ts';
import { writeTinyBase } from '../experiment/tinyBase.ts';
import { type StartedProgram, startProgram } from './startedProgram.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'processes-'));
beforeAll(() => void writeTinyBase(path.join(folder, 'base')));
afterAll(() => rmSync(folder, { recursive: true }));

interface Change {
  readonly more?: readonly string[];
  readonly extend?: number;
}

/** In a process group of its own, as a terminal would start it. */
function start(results: string, { more = [], extend = 0 }: Change = {}): StartedProgram {
  const options = ['--workers', '2', '--json', '--results', path.join(folder, results), ...more];
  return startProgram(['run', path.resolve('test/experiment/tinyExperiment.ts'), ...options], {
    env: { ...process.env, TINY_FOLDER: folder, TINY_STEPS: '40', TINY_EXTEND: String(extend) },
    detached: true,
  });
}

const made = (results: string): string => path.join(folder, results, 'tinyExperiment');

/** Waits until so many runs are recorded, and others in hand. */
async function recorded(results: string, count: number): Promise<void> {
  const runs = path.join(made(results), 'runs');
  while (!existsSync(runs) || readdirSync(runs).length < count) await sleep(10);
}

/** The process ids of a program's workers, the first first. */
function workersOf({ process: { pid } }: StartedProgram): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number)
    .toSorted((a, b) => a - b);
  return children.filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('worker.ts'));
}

const numbers = (results: string): unknown => {
  const records = readStore(made(results)).read();
  return records.map(({ times: _, ...rest }) => rest);
};

describe('adapterlab run', () => {
  it('extends the grid of a variant, killed in it or not', async () => {
    const asked = { more: ['--only', 'LoRA', '--seeds', '1'], extend: 2 };
    const { status, said, out } = await start('grown', asked).ended;
    expect(said).toMatch(
      /grid {4}LoRA: its best rate, 0.01, is the highest of its grid; 0.1 is tried too \(extension 1 of 2\)/,
    );
    expect(status).toBe(0);
    const grown = numbers('grown') as { plan: { round?: number } }[];
    expect(grown.filter(({ plan }) => plan.round === 1)).toHaveLength(1);
    expect((JSON.parse(out) as { runs: { finished: number } }).runs.finished).toBe(grown.length);

    const killed = start('killed', asked);
    await killed.says('grid    LoRA');
    killed.process.kill('SIGKILL');
    await killed.ended;
    expect((await start('killed', asked).ended).status).toBe(0);
    expect(numbers('killed')).toEqual(grown);
  }, 120_000);

  it('gives the same bits when its workers are killed and when it is stopped as when it is left alone', async () => {
    const whole = start('whole');
    await recorded('whole', 1);
    const beside = await start('whole').ended;
    expect(beside.said).toContain(`process ${whole.process.pid} is at work in ${made('whole')}`);
    expect(beside.status).toBe(2);

    const { status, out, said } = await whole.ended;
    expect(status).toBe(0);
    expect(said).toContain('0 %, 0 of 10 runs, measuring the time left');
    const { runs, report } = JSON.parse(out) as { runs: object; report: { html: string } };
    expect(runs).toEqual({ finished: 10, diverged: 0, failed: 0, missing: 0 });
    expect(existsSync(report.html)).toBe(true);

    const stopped = start('stopped');
    await recorded('stopped', 1);
    process.kill(-stopped.process.pid!, 'SIGINT'); // to all of its processes, as Ctrl-C does
    const interrupted = await stopped.ended;
    expect(interrupted.said).toContain('the same command goes on from there');
    expect(interrupted.signal).toBe('SIGINT');
    expect(readdirSync(path.join(made('stopped'), 'state')).length).toBeGreaterThan(0);

    const again = start('stopped');
    await again.says('measuring the time left'); // now the first worker has a group in hand
    process.kill(workersOf(again)[0]!, 'SIGKILL');
    await again.says('a worker process ended (SIGKILL); its group is tried once more');
    again.process.kill('SIGINT');
    await again.says('Saving what is in hand');
    again.process.kill('SIGINT');
    expect((await again.ended).status).toBe(130);

    expect((await start('stopped').ended).status).toBe(0);
    expect(numbers('stopped')).toEqual(numbers('whole'));
    expect(readdirSync(path.join(made('stopped'), 'state'))).toEqual([]);
    expect(existsSync(path.join(made('stopped'), 'lock'))).toBe(false);
  }, 300_000);
});
