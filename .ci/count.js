// Adds up vitest's JSON reports. The last line is "N passed, N failed". Exit status 1 when a test failed, was skipped, or a report is
// missing; a test file that did not even load counts as one failure.
import { existsSync, readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
const notRun = [];
for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) {
    console.log(`No report ${file}: its run did not finish.`);
    failed += 1;
    continue;
  }
  for (const { name, status, assertionResults } of JSON.parse(readFileSync(file, 'utf8')).testResults) {
    const count = (wanted) => assertionResults.filter((test) => test.status === wanted).length;
    passed += count('passed');
    failed += count('failed') || (status === 'failed' ? 1 : 0);
    for (const test of assertionResults)
      if (test.status !== 'passed' && test.status !== 'failed')
        notRun.push(`${name}: ${test.fullName} (${test.status})`);
  }
}
if (notRun.length > 0) console.log(`Nothing may be skipped here:\n${notRun.join('\n')}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || notRun.length > 0 || passed === 0 ? 1 : 0;
