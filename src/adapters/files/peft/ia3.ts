/**
 * peft_type IA3 (PEFT tuners/ia3): a factor for each input of a feed-forward's second map, [1, in], for each output of any other,
 * [out, 1]. Factors on parts of a fused projection become factors of the whole, 1 elsewhere.
 */
import type { TrainedSite } from '../../trainedSite.ts';
import { modulesOf, shortestEndings } from '../endings.ts';
import { defaultConfigurations } from './configuration.ts';
import { aboutBase, type BaseFacts, type PeftAdapter, storedTensors } from './writing.ts';

/** Whether PEFT's IA3 can hold a site: factors on a linear map and nothing else. */
export const isIa3 = ({ kind, parts }: TrainedSite): boolean =>
  kind === 'linear' &&
  parts.every(
    ({ method: { update, rescale } }) => update.spec.type === 'none' && rescale.spec.type === 'inputOutputScale',
  );

export function writeIa3(sites: readonly TrainedSite[], base: BaseFacts): PeftAdapter {
  const tensors = sites.flatMap((site) => {
    const { role, data } = factors(site);
    return storedTensors(site, { [role]: { shape: [data.length], data } });
  });
  const feedForward = sites.filter((site) => factors(site).role === 'inputScale').map(({ name }) => name);
  return {
    configuration: {
      ...defaultConfigurations.IA3,
      ...aboutBase(sites, base),
      feedforward_modules: shortestEndings(feedForward, modulesOf(base.sites)),
    },
    tensors: Object.fromEntries(tensors),
  };
}

function factors({ parts, columns, shape: [, outputs] }: TrainedSite): { role: string; data: Float32Array } {
  const [first] = parts;
  if (first!.roles.includes('inputScale')) return { role: 'inputScale', data: first!.numbers('inputScale') };
  const data = new Float32Array(outputs).fill(1);
  for (const part of parts)
    part.numbers('outputScale').forEach((factor, j) => (data[columns[part.range[0] + j]!] = factor));
  return { role: 'outputScale', data };
}
