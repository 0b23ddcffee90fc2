/** What the measurements were made on. */
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import type { Machine } from './record.ts';

export const machine = (): Machine => ({
  cpu: cpuName(),
  cores: os.availableParallelism(),
  memoryBytes: os.totalmem(),
  platform: `${process.platform} ${process.arch}`,
});

/** Virtual machines often hide the model's name; its numbers still tell one generation from the next. */
function cpuName(): string {
  const name = os.cpus()[0]?.model.trim() ?? 'unknown';
  const info = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  const [family, model] = ['cpu family', 'model'].map((key) => new RegExp(`^${key}\\s*: (\\d+)$`, 'm').exec(info)?.[1]);
  return family && model ? `${name} (family ${family}, model ${model})` : name;
}
