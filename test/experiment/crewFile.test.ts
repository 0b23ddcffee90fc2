import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Calibration } from '../../src/experiment/calibration.ts';
import { machineOf, readCalibration, writeCalibration } from '../../src/experiment/crewFile.ts';
import type { EngineDescription } from '../../src/tensor/engine.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'crew-'));
afterAll(() => rmSync(folder, { recursive: true }));

const engine = (tensorflow: string, kernels: string | null = null): EngineDescription =>
  ({
    engine: 'tensorflow',
    cpu: 'a processor',
    kernels,
    versions: { node: '20', tfjs: '4', tensorflow, adapterlab: '1' },
  }) as never;
const calibration = (workers: number, threads: number): Calibration => {
  const crew = { workers, threads };
  return { crew, trials: [{ ...crew, stepsPerSecond: 12.5 }] };
};

describe('measured crews', () => {
  const here = machineOf(engine('2.18.1'), 2);
  const there = machineOf(engine('2.18.1'), 16);

  it('are kept for each machine and engine', () => {
    expect(readCalibration(folder, here)).toBeNull();
    writeCalibration(folder, here, calibration(2, 1));
    writeCalibration(folder, there, calibration(4, 4));
    expect(readCalibration(folder, here)).toMatchObject(calibration(2, 1));
    expect(readCalibration(folder, there)).toMatchObject(calibration(4, 4));
    expect(readCalibration(folder, machineOf(engine('2.21.0'), 2))).toBeNull();
    expect(readCalibration(folder, machineOf(engine('2.18.1', 'x86-64-v3'), 2))).toBeNull();
    writeCalibration(folder, here, calibration(1, 2));
    expect(readCalibration(folder, here)).toMatchObject(calibration(1, 2));
    expect(readdirSync(folder)).toEqual(['crew.json']);
  });

  it('are forgotten where the file cannot be read', () => {
    for (const text of ['cut o', '{}', '{ "schema": "adapterlab/crew/1", "measured": [{}] }']) {
      writeFileSync(path.join(folder, 'crew.json'), text);
      expect(readCalibration(folder, here)).toBeNull();
    }
    writeCalibration(folder, here, calibration(2, 1));
    expect(readCalibration(folder, here)).toMatchObject(calibration(2, 1));
  });
});
