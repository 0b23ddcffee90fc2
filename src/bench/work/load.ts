/** Opening a checkpoint and reading all of its tensors into a base. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { openCheckpoint } from '../../checkpoint/folder.ts';
import { loadBase } from '../../train/base.ts';
import type { LoadJob } from '../job.ts';
import { timed, type Work } from './work.ts';

export const loadWork = ({ folder }: LoadJob): Work => ({
  counts: { 'bytes of the file': statSync(path.join(folder, 'model.safetensors')).size },
  repeat() {
    let end = (): void => {};
    const milliseconds = timed(() => {
      const checkpoint = openCheckpoint(folder);
      const base = loadBase(checkpoint);
      checkpoint.close();
      end = () => base.dispose();
    });
    end();
    return milliseconds;
  },
  end() {},
});
