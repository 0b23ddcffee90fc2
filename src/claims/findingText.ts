/** Findings in words, with their numbers. */
import { decimalsOf, fixed, probabilityText, signed, significant } from '../report/numberText.ts';
import { mean } from '../statistics/mean.ts';
import type { PairedTest } from '../statistics/pairedTest.ts';
import type { Interval } from '../statistics/tInterval.ts';
import type { Closeness, Direction, Unit } from './finding.ts';

/** `DoRA less LoRA: −0.031 nats (−0.045 to −0.017), p 0.0021 (Holm), 8 seeds, as claimed`. */
export function directionText(
  { about, values, claimed, unit }: Direction,
  { mean: center, interval }: PairedTest,
  p: number,
  outcome: 'holds' | 'fails' | 'no difference shown',
): string {
  const words = {
    holds: `${claimed} ${zero(unit)}, as claimed`,
    fails: `${claimed === 'below' ? 'above' : 'below'} ${zero(unit)}, against the claim`,
    'no difference shown': 'no difference shown',
  };
  return `${about}: ${sizeText(center, interval, unit)}, p ${probabilityText(p)} (Holm), ${values.length} ${unit.each}, ${words[outcome]}`;
}

/** `NF4 less float32: +0.002 nats (−0.004 to 0.008) at 95 %, 8 seeds, within the margin of 0.02 above zero (1 % of what …)`. */
export function closenessText(
  { about, values, margin, marginIs, side, unit }: Closeness,
  interval: Interval,
  confidence: number,
  outcome: 'holds' | 'fails' | 'no difference shown',
): string {
  const words = { holds: 'within', fails: 'beyond', 'no difference shown': 'shown neither within nor beyond' };
  const size = unit.name === 'times' ? `a factor of ${significant(Math.exp(margin), 3)}` : significant(margin, 2);
  const where = side === 'either' ? 'either way' : `${side} ${zero(unit)}`;
  return `${about}: ${sizeText(mean(values), interval, unit)} at ${significant(100 * confidence, 3)} %, ${values.length} ${unit.each}, ${words[outcome]} the margin of ${size} ${where} (${marginIs})`;
}

const zero = ({ name }: Unit): string => (name === 'times' ? 'one' : 'zero');

function sizeText(center: number, interval: Interval | null, { name }: Unit): string {
  if (name === 'times') {
    const text = (value: number): string => significant(Math.exp(value), 3);
    const bounds = interval ? ` (${text(interval.low)} to ${text(interval.high)})` : '';
    return `${text(center)} times${bounds}`;
  }
  const decimals = Math.max(decimalsOf(interval), decimalsToSee(center));
  const bounds = interval ? ` (${fixed(interval.low, decimals)} to ${fixed(interval.high, decimals)})` : '';
  return `${signed(center, decimals)}${name === '' ? '' : ` ${name}`}${bounds}`;
}

/** Enough for two digits of a mean that is smaller than its interval's. */
const decimalsToSee = (value: number): number =>
  value === 0 ? 0 : Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(Math.abs(value)))));
