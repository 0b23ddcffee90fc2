/**
 * Writes docs/fidelity.md: runs `parity --json` of the shared cases on both engines, or takes what was printed before.
 *
 *   npm run fidelity
 *   npm run fidelity -- native.json wasm.json
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeWhole } from '../src/atomicFile.ts';
import { sharedFolder } from '../src/data/shared.ts';
import { caseReference } from '../src/parity/caseReference.ts';
import { fidelityPage, readReport } from '../src/parity/fidelityPage.ts';
import { findCases } from '../src/parity/findCases.ts';

const folders = ['runs', 'models', 'quantization', 'optimizer', 'tokenizers', 'statistics', 'metrics'].map((name) =>
  sharedFolder('fixtures', name),
);

/** Exit status 1 says that a case failed; the report says which. */
function parityOn(engine: string): string {
  const words = ['bin/adapterlab.js', 'parity', ...folders, '--engine', engine, '--json'];
  try {
    return execFileSync(process.execPath, words, {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  } catch (error) {
    const { status, stdout } = error as { status?: number; stdout?: string };
    if (status === 1 && stdout) return stdout;
    throw error;
  }
}

const given = process.argv.slice(2).map((file) => readReport(file, readFileSync(file, 'utf8')));
const reports = given.length > 0 ? given : ['tensorflow', 'wasm'].map((engine) => readReport(engine, parityOn(engine)));
const references = new Map(findCases(...folders).map((found) => [`${found.kind} ${found.name}`, caseReference(found)]));
writeWhole(
  'docs/fidelity.md',
  fidelityPage(reports, ({ kind, name }) => references.get(`${kind} ${name}`) ?? '–'),
);
const failed = reports.flatMap(({ cases }) => cases.filter(({ status }) => status === 'failed'));
console.log(`docs/fidelity.md: ${reports.length} engines, ${reports[0].cases.length} cases, ${failed.length} failed`);
if (failed.length > 0) process.exitCode = 1;
