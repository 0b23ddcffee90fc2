/** The levels of x86-64 that our kernels are compiled for, as compilers name them, and which of them a processor has. */
import { readFileSync } from 'node:fs';

export type ProcessorLevel = 'x86-64-v4' | 'x86-64-v3';

/** The best first. */
export const processorLevels: readonly ProcessorLevel[] = ['x86-64-v4', 'x86-64-v3'];

/** The features of each level (and of none below) that its code may use, as /proc/cpuinfo names them. */
const features: { readonly [level in ProcessorLevel]: readonly string[] } = {
  'x86-64-v4': ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
  'x86-64-v3': ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave'],
};

/** All levels that a processor with these features has, the best first. */
export function levelsOf(found: ReadonlySet<string>): ProcessorLevel[] {
  const has = (level: ProcessorLevel): boolean => features[level].every((feature) => found.has(feature));
  return has('x86-64-v3') ? processorLevels.filter(has) : [];
}

/** The features of the first processor in the text of /proc/cpuinfo. */
export function featuresOf(text: string): ReadonlySet<string> {
  return new Set(/^flags[ \t]*:(.*)$/m.exec(text)?.[1].trim().split(/\s+/));
}

/** The levels of this processor; none where nothing is known of it. */
export function levelsHere(): ProcessorLevel[] {
  try {
    return levelsOf(featuresOf(readFileSync('/proc/cpuinfo', 'utf8')));
  } catch {
    return []; // not Linux
  }
}
