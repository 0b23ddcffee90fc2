import { expect, it } from 'vitest';
import { measures } from '../../src/report/measures.ts';
import { metricOf } from '../../src/report/metrics.ts';
import { variantGroups } from '../../src/report/variantGroups.ts';
import { summarize } from '../../src/results/summary.ts';
import { profile, synthetic } from '../results/synthetic.ts';

it('there is a measure for everything that is known of two variants, with which way is better', () => {
  const { plan, records } = synthetic({ seeds: 2 });
  const all = measures(summarize(plan, records));
  expect(all.map(({ key, better }) => `${key} ${better}`)).toEqual([
    'learn.lossNats lower',
    'learn.exactMatch higher',
    'retain.lossNats lower',
    'trainableParameters lower',
    'trainableParametersAtEnd lower',
    'bytes lower',
    'bytes.base lower',
    'secondsPerStep lower',
  ]);
  const { values } = all[0];
  expect(values.map(({ variant }) => variant)).toEqual(Object.keys(plan.variants));
  expect(values.every(({ low, mean, high }) => low < mean && mean < high)).toBe(true);
});

it('one seed has no interval, and one variant no measure', () => {
  const one = (names: string[]) => {
    const { plan, records } = synthetic({
      profiles: Object.fromEntries(names.map((name) => [name, profile({})])),
      seeds: 1,
    });
    return measures(summarize(plan, records));
  };
  expect(one(['a', 'b'])[0].values.every(({ low, mean, high }) => low === mean && mean === high)).toBe(true);
  expect(one(['a'])).toEqual([]);
});

it('a metric that is not known has its name in words, and lower is better of losses and errors', () => {
  expect(metricOf('slotErrorRate')).toMatchObject({ label: 'slot error rate', better: 'lower' });
  expect(metricOf('wordErrorRate')).toEqual({ label: 'word error rate', unit: '', better: 'lower' });
  expect(metricOf('zorro')).toEqual({ label: 'zorro', unit: '', better: 'higher' });
  expect(metricOf('constructor').label).toBe('constructor');
});

it('variants are grouped by method and by level of a factor, but not one alone nor all', () => {
  const { plan } = synthetic({});
  const variants = {
    'LoRA, rank 1': { factors: { rank: 1 } },
    'LoRA, rank 8': { factors: { rank: 8 } },
    'DoRA, rank 8': { factors: { rank: 8 } },
    full: {},
  };
  expect(variantGroups({ ...plan, variants })).toEqual([
    { label: 'LoRA', variants: ['LoRA, rank 1', 'LoRA, rank 8'] },
    { label: 'rank 8', variants: ['LoRA, rank 8', 'DoRA, rank 8'] },
  ]);
  expect(variantGroups({ ...plan, variants: { LoRA: {}, 'LoRA, rank 2': {} } })).toEqual([]);
});
