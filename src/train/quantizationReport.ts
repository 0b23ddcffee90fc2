/** What holding a base in a storage loses, layer by layer, and what it takes; one layer in memory at a time. */
import { type QuantizationError, quantizationError } from '../adapters/storage/quantizationError.ts';
import type { Storage } from '../adapters/types.ts';
import { RequestError } from '../errors.ts';
import { architectureOf } from '../families/index.ts';
import { checkStored, sitesOf } from '../families/sites.ts';
import { storedName } from '../families/storedName.ts';
import type { WeightSource } from './base.ts';

export interface QuantizedLayer extends QuantizationError {
  readonly site: string;
  readonly parameters: number;
}

export interface QuantizationReport {
  /** Every linear map that the storage holds, in the network's order. */
  readonly layers: readonly QuantizedLayer[];
  /** Over all of them. */
  readonly rootMeanSquare: number;
  readonly bitsPerParameter: number;
}

/** The engine must run. A RequestError for a base that was saved in 4 bits: what it was before is not known. */
export function quantizationReport(source: WeightSource, storage: Storage): QuantizationReport {
  const architecture = architectureOf(source.config);
  const layers = sitesOf(architecture)
    .filter(({ held }) => held === 'packed')
    .map((site): QuantizedLayer => {
      const tensor = storedName(site.tensor, architecture.names.stored, source);
      if (source.quantized?.(tensor))
        throw new RequestError(`${tensor} was saved in 4 bits: what was lost before cannot be told`);
      const { shape, data } = source.read(tensor);
      checkStored(site, shape);
      const [rows, columns] = shape;
      return {
        site: site.name,
        parameters: data.length,
        ...quantizationError(storage, data, [rows, columns], site.order),
      };
    });
  const parameters = layers.reduce((n, layer) => n + layer.parameters, 0);
  const mean = (of: (layer: QuantizedLayer) => number): number =>
    layers.reduce((sum, layer) => sum + of(layer) * layer.parameters, 0) / parameters;
  return {
    layers,
    rootMeanSquare: Math.sqrt(mean(({ rootMeanSquare }) => rootMeanSquare ** 2)),
    bitsPerParameter: mean(({ bitsPerParameter }) => bitsPerParameter),
  };
}
