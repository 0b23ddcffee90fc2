/** Where two runs of the same plan must have the same bits. */
import type { Environment } from '../results/record/environment.ts';

/**
 * Why two environments may round differently, such as `threads: 1 there, 2 here`; empty where they must not. An engine that is compiled
 * for one instruction set and computes in one order (WebAssembly, plain JavaScript) rounds the same anywhere; native TensorFlow, whose
 * libraries choose their code by the processor and divide sums among threads, on the same model of processor with as many threads.
 */
export function roundingDiffers(there: Environment, here: Environment): string[] {
  const native = there.versions.tensorflow !== undefined;
  const deciding = ({
    engine,
    cpu,
    threads,
    kernels = null,
    versions,
  }: Environment): Record<string, string | number | null | undefined> => ({
    engine,
    'TensorFlow.js': versions.tfjs,
    ...(native && { TensorFlow: versions.tensorflow, cpu, threads, kernels }),
  });
  const [before, now] = [deciding(there), deciding(here)];
  return Object.keys(before).flatMap((name) =>
    before[name] === now[name] ? [] : [`${name}: ${shown(before[name])} there, ${shown(now[name])} here`],
  );
}

const shown = (value: string | number | null | undefined): string => `${value ?? 'none'}`;
