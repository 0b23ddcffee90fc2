import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../results/record/environment.ts';
import type { EngineDescription } from '../tensor/engine.ts';

/** Where runs are done, as records store it. */
export function environmentOf({ engine, reason, cpu, threads, kernels, versions }: EngineDescription): Environment {
  const defined = Object.entries(versions).filter(([, version]) => version !== undefined);
  return {
    engine,
    reason,
    cpu,
    threads,
    kernels,
    versions: Object.fromEntries(defined),
    commit: commit(),
    platform: `${process.platform} ${process.arch}`,
  };
}

/** Commit of the source; null where this package is not a checkout of its own (installed in somebody else's, say). */
function commit(): string | null {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  if (!existsSync(`${root}/.git`)) return null;
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return null;
  }
}
