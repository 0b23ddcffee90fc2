import { describe } from 'vitest';
import { levelsHere } from '../../src/tensor/native/processorLevel.ts';
import { areBuilt, describeKernels } from './kernels/contract.ts';

process.env.ADAPTERLAB_KERNELS = '';
describe.runIf(areBuilt && levelsHere().length > 0)('kernels for this processor', () => describeKernels());
