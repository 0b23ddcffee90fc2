/**
 * Test cases outside the checkout: models, data and reference values in the folder that ADAPTERLAB_SHARED names (default
 * `../shared`). Where that folder is absent their tests are skipped and say so; with CI=true they fail instead, so that a
 * misplaced folder never passes for success. A file missing *inside* the folder is an ordinary failure everywhere.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';

const folder = path.resolve(process.env.ADAPTERLAB_SHARED || '../shared');
const present = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
const absence = `no folder ${folder}: set ADAPTERLAB_SHARED to the folder of shared cases`;

/** The absolute path of a file or folder under the shared folder, whether it exists or not. */
export function shared(relative: string): string {
  return path.join(folder, relative);
}

/** `describe` for tests that need the shared folder. `fn` may read files while it lists its tests: it runs only where the folder is. */
export function describeWithShared(name: string, fn: () => void): void {
  if (present) return void describe(name, fn);
  if (process.env.CI !== 'true')
    return void describe.skip(`${name} (${absence})`, () => it('needs the shared folder', () => {}));
  describe(name, () => {
    it('needs the shared folder', () => {
      throw new Error(absence);
    });
  });
}
