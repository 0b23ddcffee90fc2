import { Command } from 'commander';
import { type EngineDescription, startEngine } from '../tensor/engine.ts';
import { installNative } from '../tensor/native/install.ts';

const examples = `
Examples:
  adapterlab engine                  which engine computes here, and why
  adapterlab engine --json           the same for a script
  adapterlab engine install          build the native engine (Linux x64, 230 MB to download)
  adapterlab engine install --gpu    the same for CUDA 12 (2.4 GB to download)`;

/** `adapterlab engine` and `adapterlab engine install`. */
export function engineCommand(): Command {
  const command = new Command('engine')
    .description('say which engine computes, and why; build the native one')
    .option('--engine <name>', 'tensorflow, wasm or cpu (default: ADAPTERLAB_ENGINE, else the best available)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', examples)
    .action(async ({ engine, json }: { engine?: string; json?: boolean }) => {
      const description = await startEngine({ engine });
      console.log(json ? JSON.stringify(description) : inWords(description));
    });
  command
    .command('install')
    .description('build the native engine into .native from pinned sources')
    .option('--gpu', 'for CUDA 12')
    .option('--force', 'also when a working one is there')
    .action(install);
  return command;
}

/** A few lines for a person. */
export function inWords({ engine, reason, cpu, gpu, threads, kernels, laneCap, versions }: EngineDescription): string {
  const { node, tfjs, tensorflow, adapterlab } = versions;
  const native = tensorflow ? `, TensorFlow ${tensorflow}` : '';
  return [
    `engine     ${engine}: ${reason}`,
    `computes   on ${gpu ? 'a GPU' : `${cpu}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`}`,
    ...(tensorflow ? [`kernels    ${kernels ? `our own, for ${kernels}` : 'TensorFlow’s alone'}`] : []),
    `at once    up to ${laneCap} ${laneCap === 1 ? 'run' : 'runs'} in one step`,
    `versions   adapterlab ${adapterlab}, TensorFlow.js ${tfjs}${native}, Node ${node}`,
  ].join('\n');
}

/** Ctrl-C ends the step that runs, removes what was built so far, and then ends this process as the signal would have. */
async function install({ gpu, force }: { gpu?: boolean; force?: boolean }): Promise<void> {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const stop = (signal: NodeJS.Signals) => {
    received = signal;
    controller.abort(new Error(`Stopped by ${signal}. What was there before is unchanged.`));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, stop);
  const terminal = process.stderr.isTTY;
  const clear = () => terminal && process.stderr.write('\r\x1b[K');
  try {
    await installNative({
      gpu,
      force,
      signal: controller.signal,
      say: (line) => (clear(), console.log(line)),
      progress: (text) => terminal && process.stderr.write(`\r\x1b[K      ${text}`),
    });
  } catch (error) {
    clear();
    if (!received) throw error;
    console.error((error as Error).message);
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
  }
  if (received) process.kill(process.pid, received);
}
