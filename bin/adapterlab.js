#!/usr/bin/env node
// In a checkout, builds first if src has changed since: what is edited is what runs, and experiments import the same code.
import { isBuilt } from './sourceHash.js';

async function start() {
  if (!isBuilt()) {
    console.error('adapterlab: src has changed since the last build; building …');
    const { build } = await import('./build.js');
    if (!build()) {
      console.error('adapterlab: the sources do not compile; see above');
      process.exit(1);
    }
  }
  const { main } = await import('../dist/cli/main.js');
  await main(process.argv);
}

await start();
