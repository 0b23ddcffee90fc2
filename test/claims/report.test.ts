/** `report <folder of experiments>` weighs the claims that its experiments speak of. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readEvidence } from '../../src/claims/readEvidence.ts';
import { reportCommand } from '../../src/cli/report.ts';
import { RequestError } from '../../src/errors.ts';
import { readContent } from '../../src/report/report.ts';
import { openStore } from '../../src/results/store.ts';
import { profile, synthetic } from '../results/synthetic.ts';

let results: string;
beforeEach(() => {
  results = mkdtempSync(path.join(tmpdir(), 'adapterlab-claims-'));
  vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(results, { recursive: true });
});

function written(experiment: string, effectNats: number): void {
  const profiles = { LoRA: profile({}), AdaLoRA: profile({ effectNats }) };
  const { plan, records } = synthetic({ profiles, learningRates: [1e-3, 3e-3, 1e-2], seeds: 4, steps: 12 });
  const store = openStore(path.join(results, experiment), { ...plan, experiment });
  for (const record of records) store.write({ ...record, plan: { ...record.plan, experiment } });
}

const report = (): Promise<unknown> => reportCommand().parseAsync([results], { from: 'user' });

describe('report of a folder of experiments', () => {
  it('writes the page of claims and its Markdown, with the planted effect in both', async () => {
    written('equal-footing', -0.1);
    await report();
    const page = readFileSync(path.join(results, 'claims.html'), 'utf8');
    expect(page.match(/<tr id="claim-/g)).toHaveLength(28);
    expect(page).toContain('How a claim is judged');
    expect(page).toMatch(/AdaLoRA less LoRA: −0\.[01]\d+ nats .* as claimed/);
    expect(page).toContain('href="equal-footing/report/report.html"');
    const markdown = readFileSync(path.join(results, 'claims.md'), 'utf8');
    expect(markdown).toMatch(/AdaLoRA less LoRA: −0\.[01]\d+ nats .* as claimed/);
    expect(markdown).toContain('[equal-footing](equal-footing/report/summary.md)');
    expect(readFileSync(path.join(results, 'index.html'), 'utf8')).toContain('claims.html');
  });

  it('says nothing of claims where no experiment speaks of one', async () => {
    written('mine', -0.1);
    await report();
    expect(existsSync(path.join(results, 'claims.html'))).toBe(false);
    expect(existsSync(path.join(results, 'claims.md'))).toBe(false);
  });

  it('refuses the broken record of a bench, by its name', () => {
    written('equal-footing', 0);
    const read = [{ folder: 'equal-footing', content: readContent(path.join(results, 'equal-footing')) }];
    expect(readEvidence(results, read, null).bench).toBeNull();
    mkdirSync(path.join(results, 'bench'));
    writeFileSync(path.join(results, 'bench', 'bench.json'), '{"schema":');
    expect(() => readEvidence(results, read, null)).toThrow(RequestError);
    writeFileSync(path.join(results, 'bench', 'bench.json'), '{"schema":"adapterlab/bench/1"}');
    expect(() => readEvidence(results, read, null)).toThrow(/bench\.json: quick/);
  });
});
