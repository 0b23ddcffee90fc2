import { expect, it } from 'vitest';
import { jobQueue } from '../../src/experiment/jobQueue.ts';

it('gives jobs in their order, and null when all are done', async () => {
  const queue = jobQueue(['a', 'b']);
  expect([await queue.take(), await queue.take()]).toEqual(['a', 'b']);
  queue.done();
  queue.done();
  expect(await queue.take()).toBeNull();
});

it('keeps those waiting who may get what another one adds', async () => {
  const queue = jobQueue(['a']);
  expect(await queue.take()).toBe('a');
  const second = queue.take();
  const third = queue.take();
  queue.add(['b']);
  queue.done();
  expect(await second).toBe('b');
  queue.done();
  expect(await third).toBeNull();
});

it('gives what was added, and what was put back, before the rest', async () => {
  const queue = jobQueue(['a', 'b']);
  await queue.take();
  queue.add(['c', 'd']);
  queue.putBack('a');
  expect([await queue.take(), await queue.take(), await queue.take(), await queue.take()]).toEqual([
    'a',
    'c',
    'd',
    'b',
  ]);
});

it('sends all away when it is closed', async () => {
  const queue = jobQueue(['a', 'b']);
  await queue.take();
  const waiting = [queue.take(), queue.take()];
  queue.close();
  expect(await Promise.all(waiting)).toEqual(['b', null]);
  expect(await queue.take()).toBeNull();
  queue.putBack('a');
  expect(await queue.take()).toBeNull();
});
