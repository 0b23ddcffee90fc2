/**
 * Writes an adapter of every method of the registry and of every composition that the contract tests, and the network merged with
 * it, each with the logits that they should give, for checkExports.py:
 *
 *   npx tsx .ci/exportMethods.ts EXPORTS
 *
 * The numbers are not trained but moved at random, all of them and far: what a file could lose is then seen in the logits.
 */
import path from 'node:path';
import { writeWhole } from '../src/atomicFile.ts';
import { onTargets } from '../src/adapters/placement.ts';
import { tokenBatch } from '../src/blocks/tokenBatch.ts';
import { type TensorToWrite, writeSafetensors } from '../src/checkpoint/writeSafetensors.ts';
import { Unsupported } from '../src/errors.ts';
import type { ExportCheck } from '../src/parity/exportAdapter.ts';
import { release, startEngine } from '../src/tensor/engine.ts';
import { saveAdapter } from '../src/train/adapterFolder.ts';
import { loadBase } from '../src/train/base.ts';
import { mergedBase } from '../src/train/merge.ts';
import type { Model } from '../src/train/model.ts';
import { saveModel } from '../src/train/saveModel.ts';
import { movedModel } from '../test/adapters/smallModel.ts';
import { compositions, registered, type Subject, weightsOf } from '../test/contract/subjects.ts';

/** Largest difference of a logit. Measured: below 3e-5 for every subject, of logits of up to 20. */
const tolerance = 1e-4;
const length = 7;
const ids = Int32Array.from({ length: 3 * length }, (_, i) => (5 * i + 3) % 11);

const [into] = process.argv.slice(2);
if (into === undefined) throw new Error('name the folder for the exports');
await startEngine();
for (const network of new Set([...registered, ...compositions].map((subject) => subject.network))) {
  const base = loadBase(weightsOf(network));
  saveModel(base, baseFolder(network));
  base.dispose();
}
let written = 0;
[...registered, ...compositions].forEach(exportSubject);
console.log(`${written} exports in ${into}`);

function baseFolder(network: Subject['network']): string {
  return path.resolve(into!, 'bases', network);
}

function exportSubject(subject: Subject): void {
  const { name, method, targets, network } = subject;
  const base = loadBase(weightsOf(network), method.storage);
  const model = movedModel(base, onTargets(method, base.sites, targets));
  const folder = path.resolve(into!, name.replaceAll(/[^\w+]+/g, '-'));
  const expected = `${folder}.expected.safetensors`;
  writeSafetensors(expected, {
    input_ids: { shape: [ids.length / length, length], data: ids },
    logits_final: logitsOf(model),
  });
  const check = (at: string, asked: Pick<ExportCheck, 'base' | 'adapter' | 'quantize'>): void => {
    written += 1;
    writeWhole(path.join(at, 'check.json'), JSON.stringify({ ...asked, expected, key: 'logits_final', tolerance }));
  };
  try {
    const saved = saveAdapter(model, 0, folder, { base: baseFolder(network), steps: 100 });
    const { type, blockSize, double } = method.storage.spec;
    const quantize = type === 'float32' ? null : ({ type, blockSize, doubleQuant: double } as ExportCheck['quantize']);
    if (saved.format === 'model') check(folder, { base: folder, adapter: '-', quantize: null });
    else if (!quantize || canBeQuantized(subject))
      check(folder, { base: baseFolder(network), adapter: folder, quantize });
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    console.log(`${name}: ${error.message}`);
  }
  const merged = mergedBase(model, 0);
  saveModel(merged, `${folder}.merged`);
  check(`${folder}.merged`, { base: `${folder}.merged`, adapter: '-', quantize: null });
  merged.dispose();
  model.dispose();
  base.dispose();
}

/** The check quantizes torch's Linear alone, and to 4 bits. */
function canBeQuantized({ network, method }: Subject): boolean {
  return network !== 'gpt2' && ['nf4', 'fp4'].includes(method.storage.spec.type);
}

/** Of the probe, [rows, length, vocabulary]. */
function logitsOf(model: Model): TensorToWrite {
  const probe = tokenBatch(ids, ids, { lanes: 1, length });
  const logits = model.logits(probe);
  const data = logits.dataSync().slice() as Float32Array;
  release(logits, probe);
  return { shape: [ids.length / length, length, data.length / ids.length], data };
}
