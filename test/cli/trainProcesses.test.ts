/** The verb `train` as a process: signals. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporaryFolder.ts';
import { type StartedProgram, startProgram } from './startedProgram.ts';
import { type TinyTexts, writeTinyTexts } from './tinyTexts.ts';

const folder = temporaryFolder();
let tiny: TinyTexts;
beforeAll(() => void (tiny = writeTinyTexts(folder)));

const start = (out: string, ...words: string[]): StartedProgram =>
  startProgram(['train', '--model', tiny.model, '--data', tiny.text, '--out', path.join(folder, out), ...words]);

const endless = ['--steps', '1000000', '--batch', '2', '--sequence', '16'];

describe('adapterlab train', () => {
  it('saves what is in hand at Ctrl-C, marked with its step', async () => {
    const program = start('stopped', ...endless, '--json');
    await program.says('scoring the base');
    await sleep(3000); // some steps
    program.process.kill('SIGINT');
    const { signal, out, said } = await program.ended;
    expect(said).toContain('Saving what is in hand');
    expect(signal).toBe('SIGINT');
    const result = JSON.parse(out) as { steps: number; stopped: boolean; after: unknown };
    expect(result).toMatchObject({ stopped: true, after: null });
    expect(result.steps).toBeGreaterThan(0);
    const made = path.join(folder, 'stopped');
    expect(readdirSync(made)).toContain('adapter_model.safetensors');
    const { training } = JSON.parse(readFileSync(path.join(made, 'adapterlab.json'), 'utf8')) as {
      training: { stoppedAt: number; steps: number };
    };
    expect(training).toMatchObject({ stoppedAt: result.steps, steps: 1_000_000 });
    expect(readFileSync(path.join(made, 'README.md'), 'utf8')).toContain(`stopped at step | ${result.steps} of`);
  }, 60_000);

  it('leaves nothing half-written when it is killed', async () => {
    const program = start('killed', ...endless);
    await program.says('scoring the base');
    await sleep(500);
    program.process.kill('SIGKILL');
    await program.ended;
    expect(existsSync(path.join(folder, 'killed'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  }, 60_000);
});
