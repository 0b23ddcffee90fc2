/** A sweep as a user would run it: `adapterlab run`, the whole program. */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../tensor/native/home.ts';
import type { SweepJob } from '../job.ts';
import type { Work } from './work.ts';

const program = path.join(packageRoot, 'bin', 'adapterlab.js');
const experiment = fileURLToPath(new URL(`./sweepExperiment${path.extname(import.meta.url)}`, import.meta.url));

export const sweepWork = ({ folder, runs, quick, engine }: SweepJob): Work => ({
  counts: { runs },
  async repeat() {
    const results = mkdtempSync(path.join(folder, 'results-'));
    const words = [...(quick ? ['--quick'] : []), ...(engine === undefined ? [] : ['--engine', engine])];
    const began = performance.now();
    await finished([program, 'run', experiment, '--results', results, ...words]);
    return performance.now() - began;
  },
  end() {},
});

/** Rejects with what the program said last where it did not end well. */
function finished(words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => (said = `${said}${String(text)}`.slice(-1000)));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`the sweep ended (${signal ?? `exit status ${code}`}): ${said}`)),
    );
  });
}
