/** Writes what one lane of a model has trained as it is now, for analyses (checkpoint/artefact.ts says in what form). */
import tf from '@tensorflow/tfjs';
import type { Adapter } from '../adapters/adapt.ts';
import { keptSite } from '../adapters/keptSite.ts';
import { trainedSites } from '../adapters/trainedSite.ts';
import { type ArtefactHeader, writeArtefact } from '../checkpoint/artefact.ts';
import { readOnce } from '../tensor/readOnce.ts';
import type { Model } from './model.ts';

/** Throws what the file system says; nothing is written then. */
export function saveArtefact(model: Model, lane: number, file: string, header: ArtefactHeader): void {
  const sites = trainedSites(model, lane, model.base.sites);
  writeArtefact(
    file,
    header,
    sites.map((site, i) => keptSite(site, () => deltaOf(model.adapters[i]!, lane))),
  );
}

/** W′ − W [in, out]; of an update alone its own ΔW, which has not lost digits to W. */
function deltaOf({ site, update, rescale, merged }: Adapter, lane: number): Float32Array {
  if (rescale.side === 'neither') return readOnce(() => update.delta(lane));
  const [inputs, outputs] = site.shape;
  return readOnce(() => {
    const changed = merged(lane);
    return site.use((kernel) => tf.sub(changed, tf.reshape(kernel, [inputs, outputs])));
  });
}
