// Removes the build, so that a file that was renamed in src leaves nothing behind in dist.
import { rmSync } from 'node:fs';
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
