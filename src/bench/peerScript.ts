/** The peer's worker: our script, run by somebody's Python. */
import path from 'node:path';
import { packageRoot } from '../tensor/native/home.ts';

/** It is no module and so never built: the package holds it where it is written. */
export const peerScript: string = path.join(packageRoot, 'src', 'bench', 'peer.py');
