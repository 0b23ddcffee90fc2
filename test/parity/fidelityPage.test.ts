import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { jsonOf } from '../../src/cli/parity.ts';
import { RequestError } from '../../src/errors.ts';
import { caseReference } from '../../src/parity/caseReference.ts';
import type { CaseResult } from '../../src/parity/caseResult.ts';
import { fidelityPage, readReport } from '../../src/parity/fidelityPage.ts';
import { findCases } from '../../src/parity/findCases.ts';
import type { ParityReport } from '../../src/parity/parity.ts';
import { describeWithShared, shared } from '../shared.ts';

const cases: readonly CaseResult[] = [
  {
    name: 'a|b',
    kind: 'quantization',
    status: 'passed',
    seconds: 1,
    deviations: {
      'nf4.codes': { value: 0, tolerance: 0 },
      'nf4.absmax': { value: 0, tolerance: 0 },
      other: { value: 0, tolerance: 0 },
    },
  },
  {
    name: 'lora',
    kind: 'run',
    status: 'passed',
    seconds: 1,
    deviations: { losses: { value: 3.14e-6, tolerance: 2e-5 }, gradients: { value: 0, tolerance: 5e-6, factor: 2 } },
  },
  { name: 'prefix', kind: 'run', status: 'declined', seconds: 0, deviations: {}, reason: 'not there yet' },
];
const report = (engine: string, changed: readonly CaseResult[] = cases): ParityReport => ({
  engine,
  cases: changed,
  passed: 2,
  failed: 0,
  declined: 1,
});
const page = (...reports: readonly ParityReport[]): string =>
  fidelityPage(
    reports.map((one) => readReport('x.json', jsonOf(one))),
    ({ kind, name }) => `${kind} of ${name}`,
  );

describe('the page', () => {
  const text = page(report('tensorflow'), report('wasm'));

  test('has a row for each thing compared, with its reference, its tolerance and what each engine did', () => {
    expect(text).toContain('| case | reference | what | tolerance | tensorflow | wasm |');
    expect(text).toContain('| lora | run of lora | losses | 2e-5 | 3.1e-6 | 3.1e-6 |');
    expect(text).toContain("| lora | run of lora | gradients | 5e-6 (2 times the case's) | 0 | 0 |");
  });

  test('says once what is exact everywhere', () => {
    expect(text).toContain('| a\\|b | quantization of a\\|b | nf4 (2), other | 0 | exact | exact |');
  });

  test('counts, and names the largest share of a tolerance', () => {
    expect(text).toContain('| tensorflow | 2 | 0 | 1 | 0.16 (losses of lora) |');
  });

  test('gives the reason of what is declined, and has no list of failures', () => {
    expect(text).toContain('## Declined\n\n- run prefix: not there yet\n');
    expect(text).not.toContain('Failed');
  });

  test('names what fails on one engine only', () => {
    const off = { losses: { value: Infinity, tolerance: 2e-5 } };
    const broken = cases.map((one) =>
      one.name === 'lora' ? ({ ...one, status: 'failed', deviations: off } as const) : one,
    );
    const got = page(report('tensorflow'), report('wasm', broken));
    expect(got).toContain('## Failed\n\n- run lora: a deviation beyond its tolerance (on wasm)\n');
    expect(got).toContain('| lora | run of lora | losses | 2e-5 | 3.1e-6 | Infinity |');
    expect(got).toContain('| wasm | 1 | 1 | 1 | Infinity (losses of lora) |');
  });
});

describe('reports that make no page', () => {
  test.each([
    ['of other cases', () => page(report('tensorflow'), report('wasm', cases.slice(1))), /not of the same cases/],
    ['of one engine twice', () => page(report('wasm'), report('wasm')), /two reports of one engine: wasm, wasm/],
    ['none', () => page(), /give the files/],
    ['no JSON', () => readReport('x.json', '{'), /x\.json: not JSON/],
    ['other JSON', () => readReport('x.json', '{"engine":"wasm"}'), /x\.json: not what parity --json prints/],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(RequestError);
    expect(make).toThrow(message);
  });
});

describe('docs/fidelity.md', () => {
  test.runIf(existsSync('docs/fidelity.md'))('names no case that fails', () => {
    const written = readFileSync('docs/fidelity.md', 'utf8');
    const engines = [...written.matchAll(/^\| (\w+) \| (\d+) \| (\d+) \| \d+ \| /gm)];
    expect(engines.map(([, engine]) => engine)).toEqual(['tensorflow', 'wasm']);
    for (const [, , passed, failed] of engines) expect([Number(passed) > 0, failed]).toEqual([true, '0']);
    expect(written).not.toContain('## Failed');
  });
});

describeWithShared('references', () => {
  test('are told for every shared case', () => {
    const told = findCases(shared('fixtures')).map((found) => [found.name, caseReference(found)] as const);
    expect(told.every(([, reference]) => reference.length > 3)).toBe(true);
    const of = new Map(told);
    expect(of.get('lora-llama')).toMatch(/^peft \d/);
    expect(of.get('normal-65')).toMatch(/^bitsandbytes \d/);
    expect(of.get('llama-gqa')).toMatch(/^transformers \d/);
    expect(of.get('qwen')).toMatch(/modeling_qwen/);
  });
});
