#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(main)) {
  console.error('adapterlab: not built yet; run npm run build (npm ci does it too)');
  process.exit(1);
}
const { main: run } = await import(main.href);
await run(process.argv);
