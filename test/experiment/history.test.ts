import { expect, it } from 'vitest';
import { type GroupLog, newLog } from '../../src/experiment/groupLog.ts';
import { historyEvery, historyOf } from '../../src/experiment/history.ts';

function logOf(losses: readonly number[], divergedAt: number | null = null): GroupLog {
  const reports = losses.map((loss, i) => ({
    step: i + 1,
    lossNats: [loss, -loss],
    penalty: [0, i],
    rateFactor: 1 / (i + 1),
    gradientNorm: [2 * loss, NaN],
    gradientNormByRole: { up: [loss, 0] },
  }));
  return { ...newLog(2), reports: reports as never, divergedAt: [divergedAt, null] };
}

it('holds the means over windows of steps, the last of which may be shorter', () => {
  const log = logOf([6, 4, 2, 1, 5]);
  const history = historyOf(log, { lane: 0, learningRate: 0.1, every: 2 });
  expect(history.step).toEqual([2, 4, 5]);
  expect(history.lossNats).toEqual([5, 1.5, 5]);
  expect(history.gradientNorm).toEqual([10, 3, 10]);
  expect(history.gradientNormByRole).toEqual({ up: [5, 1.5, 5] });
  expect(history.learningRate).toEqual([0.075, 0.0291667, 0.02]);
  expect(history.penalty).toBeUndefined();
  expect(historyOf(log, { lane: 1, learningRate: 0.1, every: 2 })).toMatchObject({
    lossNats: [-5, -1.5, -5],
    penalty: [0.5, 2.5, 4],
    gradientNorm: [null, null, null],
  });
});

it('ends where its run diverged', () => {
  const log = logOf([6, 4, NaN, 1, 5], 3);
  expect(historyOf(log, { lane: 0, learningRate: 1, every: 2 })).toMatchObject({ step: [2, 3], lossNats: [5, null] });
});

it('has every step of a short run, and twenty windows of a long one', () => {
  expect([1, 20, 21, 600].map(historyEvery)).toEqual([1, 1, 2, 30]);
});
