import type { StoredSite } from '../adapters/files/tensorNames.ts';
import type { Base } from './base.ts';

/** The places of a base as files of adapters see them. A checkpoint has every output layer [out, in], other kernels as its family does. */
export const storedSites = ({ sites, architecture }: Base): StoredSite[] =>
  sites.map(({ name, kind, isHead, tensor }) => ({
    name,
    kind,
    isHead,
    tensor,
    isTurned: kind === 'linear' && (isHead || architecture.kernelOrder === 'outIn'),
  }));
