import { describe, expect, it } from 'vitest';
import { closeness, direction, fact, type Finding, missing, ratio, remark } from '../../src/claims/finding.ts';
import { judge, verdictOf } from '../../src/claims/judge.ts';
import type { Outcome } from '../../src/report/claims/verdict.ts';

const outcomes = (...findings: Finding[]): (Outcome | null)[] => judge(findings).map(({ outcome }) => outcome);
const around = (center: number, spread = 0.01): number[] =>
  [-1, 1, -0.5, 0.5, -0.2, 0.2].map((z) => center + spread * z);

describe('a direction', () => {
  it('holds on the claimed side, fails on the other, and shows nothing where zero is inside', () => {
    expect(outcomes(direction('a', around(-0.05), 'below'))).toEqual(['holds']);
    expect(outcomes(direction('a', around(-0.05), 'above'))).toEqual(['fails']);
    expect(outcomes(direction('a', around(0.002), 'above'))).toEqual(['no difference shown']);
    expect(outcomes(direction('a', [0, 0, 0, 0], 'above'))).toEqual(['no difference shown']);
  });

  it('is corrected for all others of its claim', () => {
    const weak = direction('weak', around(0.0085), 'above');
    const nothing = direction('nothing', around(0.001), 'above');
    expect(outcomes(weak)).toEqual(['holds']);
    expect(outcomes(weak, ...Array.from({ length: 5 }, () => nothing))[0]).toBe('no difference shown');
  });

  it('says mean, interval, p and how many', () => {
    const say = (finding: Finding): string => judge([finding])[0]!.sentence;
    expect(say(direction('DoRA less LoRA', around(-0.05), 'below'))).toMatch(
      /^DoRA less LoRA: −0\.0500 nats \(−0\.0\d+ to −0\.0\d+\), p <?0\.\d+ \(Holm\), 6 seeds, below zero, as claimed$/,
    );
    expect(say(direction('steps', around(Math.log(0.5)), 'below', ratio))).toMatch(
      /^steps: 0\.500 times \(0\.4\d+ to 0\.5\d+\).* below one, as claimed$/,
    );
  });

  it('is not measured by one seed, or none, or by what is no number', () => {
    for (const values of [[0.1], [], [0.1, NaN, 0.2], [0.1, -Infinity]]) {
      expect(outcomes(direction('a', values, 'above'))).toEqual(['not measured']);
      expect(outcomes(closeness('a', values, { margin: 1, marginIs: 'made up' }))).toEqual(['not measured']);
    }
  });
});

describe('a closeness', () => {
  const within = { margin: 0.02, marginIs: 'made up' };

  it('holds with all of the interval inside, fails with all of it outside, else says neither', () => {
    expect(outcomes(closeness('a', around(0.001), within))).toEqual(['holds']);
    expect(outcomes(closeness('a', around(0.05), within))).toEqual(['fails']);
    expect(outcomes(closeness('a', around(0.02), within))).toEqual(['no difference shown']);
    expect(outcomes(closeness('a', around(0.001, 0.1), within))).toEqual(['no difference shown']);
  });

  it('is not better for being noisy, nor for being one of many', () => {
    const near = closeness('a', around(0.011), within);
    expect(outcomes(near)).toEqual(['holds']);
    expect(outcomes(...Array.from({ length: 20 }, () => near))[0]).toBe('no difference shown');
  });

  it('looks at one side where the other is no harm', () => {
    expect(outcomes(closeness('a', around(0.05), within, { side: 'below' }))).toEqual(['holds']);
    expect(outcomes(closeness('a', around(-0.05), within, { side: 'below' }))).toEqual(['fails']);
    expect(outcomes(closeness('a', around(-0.05), within, { side: 'above' }))).toEqual(['holds']);
    expect(outcomes(closeness('a', around(0.05), within, { side: 'above' }))).toEqual(['fails']);
  });
});

describe('the verdict of a claim', () => {
  const of = (...parts: (Outcome | null)[]): string => verdictOf(parts.map((outcome) => ({ outcome, sentence: '' })));

  it('is that of its parts where they agree; a remark decides nothing', () => {
    expect(of('holds', null, 'holds')).toBe('holds');
    expect(of('fails', null)).toBe('fails');
    expect(of('no difference shown')).toBe('no difference shown');
    expect(of('not measured', null)).toBe('not measured');
    expect(of(null)).toBe('not measured');
  });

  it('is mixed where only some hold, or some were not measured', () => {
    expect(of('holds', 'fails')).toBe('mixed');
    expect(of('holds', 'no difference shown')).toBe('mixed');
    expect(of('holds', 'not measured')).toBe('mixed');
  });

  it('fails where none holds and some fail', () => {
    expect(of('fails', 'no difference shown', 'not measured')).toBe('fails');
    expect(of('no difference shown', 'not measured')).toBe('no difference shown');
  });

  it('reads facts off', () => {
    expect(outcomes(fact(true, ''), fact(false, ''), remark(''), missing(''))).toEqual([
      'holds',
      'fails',
      null,
      'not measured',
    ]);
  });
});
