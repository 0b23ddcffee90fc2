import type { StoredSite } from '../adapters/files/tensorNames.ts';
import type { Base } from './base.ts';

/** The places of a base as files of adapters see them. */
export const storedSites = ({ sites }: Base): StoredSite[] =>
  sites.map(({ name, kind, isHead, tensor, stored, order }) => ({
    name,
    kind,
    isHead,
    tensor,
    stored,
    isTurned: (kind === 'linear' || kind === 'conv2d') && order === 'outIn',
  }));
