import { afterEach, describe, expect, it, vi } from 'vitest';
import { startSide } from '../../src/bench/side.ts';
import { fakeWorker, tinyStep } from './fakeRow.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a worker process', () => {
  it('is set up, measures as often as it is asked, and ends', async () => {
    const side = await startSide(fakeWorker, tinyStep);
    expect(side.ready).toMatchObject({ residentBytes: 1000, counts: { things: 7 }, environment: { engine: 'fake' } });
    expect(await side.measure(2)).toEqual([2, 2]);
    expect(await side.measure(3)).toEqual([2, 2, 2]);
    expect(await side.end()).toBe(5000);
  });

  it.each([
    ['FAILS', /^no step here$/],
    ['DIES', /^a worker process ended \(exit status 3\)\nout of memory$/],
    ['BABBLES', /^a worker process said what is no answer: loading …$/],
  ])('that %s is an error that says so', async (how, message) => {
    vi.stubEnv(`FAKE_${how}`, 'step');
    await expect(startSide(fakeWorker, tinyStep)).rejects.toThrow(message);
  });

  it('that cannot be started is an error that says so', async () => {
    const command = { program: '/there/is/no/python', words: [] };
    await expect(startSide(command, tinyStep)).rejects.toThrow(/worker process failed: .*ENOENT/);
  });

  it('is killed by the signal, whatever it is at', async () => {
    vi.stubEnv('FAKE_HANGS', 'step');
    const stop = new AbortController();
    const started = startSide(fakeWorker, tinyStep, stop.signal);
    setTimeout(() => stop.abort(new Error('stopped')), 100);
    await expect(started).rejects.toThrow('a worker process ended (SIGKILL)');
    await expect(startSide(fakeWorker, tinyStep, stop.signal)).rejects.toThrow('stopped');
  });
});
