/** The peer's worker: our script, run by somebody's Python. */
import path from 'node:path';
import { packageRoot } from '../tensor/native/home.ts';

/** It is no module and so never built: the package holds it, and what it imports, where they are written. */
export const peerScript: string = path.join(packageRoot, 'src', 'bench', 'peer', 'main.py');
