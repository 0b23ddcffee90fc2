/**
 * When a claim holds. All questions of one claim are one family, at 5 %:
 *
 * - a direction holds where the mean over seeds lies on the claimed side and its p (paired t test, two-sided), adjusted by Holm's method
 *   for all directions of the claim, is at most 0.05; it fails where that shows the other side; else no difference is shown.
 * - a closeness (as good as, flat, saturated) holds where the whole interval of the mean lies within the margin, and fails where all of it
 *   lies beyond; else neither is shown. With m closenesses in the claim each interval has the level 1 − 0.05 / m (Bonferroni).
 * - a fact is read off, of all records: no sample is drawn, so there is no chance to correct for.
 */
import { holm } from '../statistics/holm.ts';
import { pairedTest } from '../statistics/pairedTest.ts';
import { tInterval } from '../statistics/tInterval.ts';
import type { ClaimFinding, ClaimVerdict } from '../report/claims/verdict.ts';
import { closenessText, directionText } from './findingText.ts';
import type { Closeness, Direction, Finding } from './finding.ts';

/** Of all families, no more than this share shows something where there is nothing. */
export const level = 0.05;

/** Of all findings of one claim, in their order. */
export function judge(findings: readonly Finding[]): ClaimFinding[] {
  const tests = findings.map((finding) => (finding.kind === 'direction' && isSample(finding) ? testOf(finding) : null));
  const adjusted = holm(
    tests.flatMap((test) => test?.p ?? []),
    level,
  ).values();
  const near = findings.filter(({ kind }) => kind === 'closeness').length;
  return findings.map((finding, index): ClaimFinding => {
    switch (finding.kind) {
      case 'fact':
        return { outcome: finding.holds ? 'holds' : 'fails', sentence: finding.sentence };
      case 'remark':
        return { outcome: null, sentence: finding.sentence };
      case 'missing':
        return { outcome: 'not measured', sentence: finding.sentence };
      case 'closeness':
        return judgeCloseness(finding, 1 - level / near);
      case 'direction': {
        const test = tests[index];
        if (!test) return noSample(finding);
        const { p, rejected } = adjusted.next().value!;
        const isClaimed = test.mean < 0 === (finding.claimed === 'below');
        const outcome = !rejected ? 'no difference shown' : isClaimed ? 'holds' : 'fails';
        return { outcome, sentence: directionText(finding, test, p, outcome) };
      }
    }
  });
}

function judgeCloseness(finding: Closeness, confidence: number): ClaimFinding {
  const interval = isSample(finding) ? tInterval(finding.values, confidence) : null;
  if (!interval) return noSample(finding);
  const { margin, side } = finding;
  const low = side === 'above' ? -Infinity : -margin;
  const high = side === 'below' ? Infinity : margin;
  const isInside = interval.low >= low && interval.high <= high;
  const isOutside = interval.low > high || interval.high < low;
  const outcome = isInside ? 'holds' : isOutside ? 'fails' : 'no difference shown';
  return { outcome, sentence: closenessText(finding, interval, confidence, outcome) };
}

const testOf = ({ values }: Direction): ReturnType<typeof pairedTest> =>
  pairedTest(
    values.map(() => 0),
    values,
  );

const isSample = ({ values }: Direction | Closeness): boolean => values.length > 1 && values.every(Number.isFinite);

const noSample = ({ about, values, unit }: Direction | Closeness): ClaimFinding => ({
  outcome: 'not measured',
  sentence: values.every(Number.isFinite)
    ? `${about}: ${values.length === 0 ? 'no value' : 'a single value'} (${unit.each}) says nothing of chance`
    : `${about}: not a finite number in all ${values.length} ${unit.each}`,
});

/**
 * One verdict from those of a claim's parts: theirs where they agree. Where some hold and others do not, or were not measured, it is
 * mixed; where none holds and some fail, it fails.
 */
export function verdictOf(judged: readonly ClaimFinding[]): ClaimVerdict['verdict'] {
  const outcomes = judged.flatMap(({ outcome }) => outcome ?? []);
  const measured = outcomes.filter((outcome) => outcome !== 'not measured');
  if (measured.length === 0) return 'not measured';
  if (measured.includes('holds')) return outcomes.every((outcome) => outcome === 'holds') ? 'holds' : 'mixed';
  return measured.includes('fails') ? 'fails' : 'no difference shown';
}
