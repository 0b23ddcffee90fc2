import { describe } from 'vitest';
import { levelsHere } from '../../src/tensor/native/processorLevel.ts';
import { areBuilt, describeKernels } from './kernels/contract.ts';

// Another file than kernels.test.ts, because a process has kernels of one level.
const level = 'x86-64-v3';
process.env.ADAPTERLAB_KERNELS = level;
describe.runIf(areBuilt && levelsHere().includes(level))('kernels for lesser processors', () => describeKernels(level));
