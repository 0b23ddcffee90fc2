/**
 * The state of a group that was cut off: one safetensors file with everything that a step depends on (values, the optimizer's and
 * the controls' memory) and, in its metadata, what was measured. Random draws need no state: they are functions of seed and step.
 */
import { existsSync, rmSync } from 'node:fs';
import tf from '@tensorflow/tfjs';
import { openSafetensors, type SafetensorsFile } from '../checkpoint/safetensors.ts';
import { type TensorToWrite, writeSafetensors } from '../checkpoint/writeSafetensors.ts';
import type { Environment } from '../results/record/environment.ts';
import type { Run } from '../train/trainer.ts';
import type { Group } from './groups.ts';
import type { GroupLog } from './groupLog.ts';

const format = 'adapterlab/state/1';

/** A state fits the same runs in the same environment only: elsewhere it would continue to other numbers. */
export interface StateKey {
  readonly group: Group;
  readonly environment: Environment;
}

interface Header {
  readonly key: string;
  readonly step: number;
  readonly alive: boolean[];
  readonly log: GroupLog;
}

const keyText = ({ group, environment: { engine, cpu, threads, versions } }: StateKey): string =>
  JSON.stringify([engine, cpu, threads, versions, group.runs.map(({ hash }) => hash)]);

/** Writes a whole file or nothing. */
export function saveState(file: string, key: StateKey, run: Run, log: GroupLog): void {
  const { arena, controls } = run.model;
  const tensors = new Map<string, TensorToWrite>();
  const matrix = (name: string, tensor: tf.Tensor): unknown =>
    tensors.set(name, { shape: tensor.shape, data: tensor.dataSync() as Float32Array });
  matrix('values', arena.values);
  for (const [name, tensor] of Object.entries(run.optimizer.state())) matrix(`optimizer.${name}`, tensor);
  controls.forEach((control, i) => {
    for (const [name, data] of Object.entries(control.save()))
      tensors.set(`control.${i}.${name}`, { shape: [data.length], data });
  });
  const header: Header = { key: keyText(key), step: run.step, alive: [...run.alive], log };
  writeSafetensors(file, tensors, { format, header: JSON.stringify(header) });
}

/** Brings a fresh run to where the file left it, and gives its log. Null, and nothing changed, where no file fits. */
export function restoreState(file: string, key: StateKey, run: Run): GroupLog | null {
  const opened = openState(file);
  if (!opened) return null;
  try {
    const { metadata } = opened;
    const header = metadata.format === format ? (JSON.parse(metadata.header!) as Header) : null;
    if (header?.key !== keyText(key)) return null;
    const { arena, controls } = run.model;
    const below = (prefix: string): [string, string][] =>
      [...opened.tensors.keys()]
        .filter((name) => name.startsWith(prefix))
        .map((name) => [name.slice(prefix.length), name]);
    arena.load(opened.read('values').data);
    run.optimizer.restore(
      Object.fromEntries(
        below('optimizer.').map(([name, stored]) => [
          name,
          tf.tensor2d(opened.read(stored).data, [arena.lanes, arena.count]),
        ]),
      ),
    );
    controls.forEach((control, i) => {
      const memory = below(`control.${i}.`).map(([name, stored]) => [name, opened.read(stored).data]);
      if (memory.length > 0) control.restore(Object.fromEntries(memory) as Record<string, Float32Array>);
    });
    run.step = header.step;
    header.alive.forEach((alive, lane) => (run.alive[lane] = alive));
    return header.log;
  } finally {
    opened.close();
  }
}

export function deleteState(file: string): void {
  rmSync(file, { force: true });
}

/** A file that cannot be read (it was copied by hand, the disk is failing) costs the work in it, no more. */
function openState(file: string): SafetensorsFile | null {
  if (!existsSync(file)) return null;
  try {
    return openSafetensors(file);
  } catch {
    return null;
  }
}
