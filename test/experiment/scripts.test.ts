import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadExperiment } from '../../src/experiment/load.ts';

/** One makes the bases, the other is the verb `start`. */
const ofTheirOwn = ['pretrain-small-world.ts', 'start.ts'];
const scripts = readdirSync('experiments').filter((name) => !ofTheirOwn.includes(name));

describe('the scripts of experiments', () => {
  it('are there', () => expect(scripts.length).toBeGreaterThan(12));

  it.each(scripts)('%s can be read, whole and as its quick version, and says how long it takes', async (name) => {
    const file = path.join('experiments', name);
    const whole = await loadExperiment(file, { quick: false, seeds: null });
    expect(whole.experiment.variants.length).toBeGreaterThan(1);
    const quick = await loadExperiment(file, { quick: true, seeds: null });
    expect(quick.experiment.train.steps).toBeLessThan(whole.experiment.train.steps + 1);
    const command = new RegExp(`npx adapterlab run ${file} +\\d+ runs in about \\d+ minutes? on two cores\n`);
    expect(readFileSync(file, 'utf8')).toMatch(command);
  });
});
