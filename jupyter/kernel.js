// What tslab's Jupyter kernel does with a cell, for a parent process instead of Jupyter: it is sent the source of a cell and answers
// with what the cell put out. Plain JavaScript and started without tsx, so that cells load packages exactly as under Jupyter.
// It uses files inside of tslab, whose version is therefore pinned.
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { format } from 'node:util';

const require = createRequire(import.meta.url);
const { createConverter } = require('tslab/dist/converter.js');
const { createExecutor } = require('tslab/dist/executor.js');
const jupyter = require('tslab/dist/jupyter.js');
const { sys } = createRequire(require.resolve('tslab'))('@tslab/typescript-for-tslab');

// tslab's compiler would watch every file that it has read, and it cannot bear that two change at once, as a build lets them.
for (const watch of ['watchFile', 'watchDirectory']) sys[watch] = () => ({ close() {} });

/** Outputs of the cell in hand, in the notebook format's form. */
let outputs = [];
/** What went wrong in it, in words. */
let problems = [];

function write(name, chunk) {
  const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
  const last = outputs.at(-1);
  if (last?.output_type === 'stream' && last.name === name) last.text += text;
  else outputs.push({ output_type: 'stream', name, text });
  return true;
}

function displayed({ data, metadata, transient }, update) {
  const shown = { output_type: 'display_data', data, metadata };
  const id = transient?.display_id;
  if (id !== undefined) Object.defineProperty(shown, 'id', { value: id, enumerable: false });
  const before = update ? outputs.findIndex((output) => output.id === id) : -1;
  if (before >= 0) outputs[before] = shown;
  else outputs.push(shown);
}

const converters = { node: createConverter({ isJS: false, isBrowser: false }), close: () => converters.node.close() };
const executor = createExecutor(process.cwd(), converters, {
  log: (...values) => write('stdout', `${format(...values)}\n`),
  error: (...values) => problems.push(inCell(format(...values))),
});

/** An error's text without the part of its stack that lies below the cell. */
function inCell(text) {
  return text.replace(/\n[^\n]*\(node:vm:[^]*/, '');
}

for (const name of ['stdout', 'stderr']) process[name].write = (chunk) => write(name, chunk);
jupyter.lastWriteDisplayData = displayed;
// tslab would only print them.
for (const event of ['unhandledRejection', 'uncaughtException'])
  process.on(event, (error) => problems.push(`${format(error)}\n(not awaited: ${event})`));

async function answer(source) {
  outputs = [];
  problems = [];
  const done = await executor.execute(source);
  await setImmediate();
  if (!done && problems.length === 0) problems.push('the cell could not be executed');
  process.send({ outputs, problems });
}

process.on('message', (source) => void answer(source));
process.on('disconnect', () => process.exit());
process.send('ready');
