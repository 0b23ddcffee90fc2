import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { activeEngine, isNative, isWasm, startEngine } from '../../src/tensor/engine.ts';
import { nativeHome } from '../../src/tensor/native/home.ts';
import { runProgram } from '../../src/tensor/native/runProgram.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const nativeIsBuilt = existsSync(path.join(nativeHome()!, '.native'));
const names = ['wasm', 'cpu', ...(nativeIsBuilt ? ['tensorflow'] : [])];

beforeAll(() => startEngine());

describe('the description', () => {
  test('has every field, of the right kind', () => {
    const description = activeEngine();
    expect(description).toEqual({
      engine: tf.getBackend(),
      reason: expect.stringMatching(/^(best available|asked for by ADAPTERLAB_ENGINE) \(/),
      cpu: expect.stringMatching(/\w/),
      threads: expect.any(Number),
      gpu: expect.any(Boolean),
      kernels: isNative() ? expect.toBeOneOf([null, 'x86-64-v4', 'x86-64-v3']) : null,
      laneCap: expect.any(Number),
      usesThreads: expect.any(Boolean),
      transposeFlagsAreFree: expect.any(Boolean),
      versions: {
        node: process.versions.node,
        tfjs: tf.version.tfjs,
        ...(isNative() && { tensorflow: expect.stringMatching(/^2\.\d+\.\d+$/) }),
        adapterlab: JSON.parse(readFileSync('package.json', 'utf8')).version,
      },
    });
    expect(description.threads).toBeGreaterThanOrEqual(1);
  });

  test('is plain JSON and tells no paths of this machine', () => {
    const written = JSON.stringify(activeEngine());
    expect(JSON.parse(written)).toEqual(activeEngine());
    expect(written).not.toContain(process.cwd());
  });

  test('ADAPTERLAB_ENGINE is obeyed', () => {
    const wanted = process.env.ADAPTERLAB_ENGINE || (nativeIsBuilt ? 'tensorflow' : activeEngine().engine);
    expect(activeEngine().engine).toBe(wanted);
  });
});

describe('starting', () => {
  test.each(names)('%s computes, and only its own predicate holds', async (engine) => {
    const description = await startEngine({ engine });
    expect(description.engine).toBe(engine);
    expect(tf.getBackend()).toBe(engine);
    expect([isNative(), isWasm()]).toEqual([engine === 'tensorflow', engine === 'wasm']);
    expect(description.laneCap).toBe(engine === 'tensorflow' ? 16 : 1);
    expect([...tf.matMul([[1, 2]], [[3], [4]]).dataSync()]).toEqual([11]);
  });

  test('again, with the same name or none, gives the same description', async () => {
    const wasm = await startEngine({ engine: 'wasm' });
    expect(await startEngine({ engine: 'wasm' })).toBe(wasm);
    expect(await startEngine()).toBe(wasm);
    expect(activeEngine()).toBe(wasm);
  });

  test('an unknown engine is refused, and the one that runs stays', async () => {
    const before = await startEngine({ engine: 'wasm' });
    await expect(startEngine({ engine: 'webgpu' })).rejects.toThrow(RequestError);
    await expect(startEngine({ engine: 'webgpu' })).rejects.toThrow('tensorflow, wasm, cpu');
    expect(activeEngine()).toBe(before);
  });

  test.each([0, -1, 1.5, NaN])('%s threads are refused', async (threads) => {
    await expect(startEngine({ threads })).rejects.toThrow(RequestError);
  });
});

/** A folder with a native engine beside a TensorFlow.js of its own. */
function anotherCopy(): string {
  const root = temporaryFolder();
  const packages = {
    'node_modules/@tensorflow/tfjs': '',
    '.native/node_modules/@tensorflow/tfjs-node-gpu': 'globalThis.loaded = true',
  };
  for (const [folder, source] of Object.entries(packages)) {
    mkdirSync(path.join(root, folder), { recursive: true });
    writeFileSync(path.join(root, folder, 'index.js'), source);
  }
  return root;
}

/** A folder with the TensorFlow.js of this checkout and a native engine that fails as it is loaded. */
function brokenNative(): string {
  const root = temporaryFolder();
  symlinkSync(path.join(nativeHome()!, 'node_modules'), path.join(root, 'node_modules'));
  const folder = path.join(root, '.native', 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'index.js'), "throw new Error('no library in ' + __dirname)");
  return root;
}

/** A process of its own: what is loaded, and what was asked of TensorFlow before, cannot be taken back in this one. */
async function elsewhere(body: string, env: Record<string, string> = {}): Promise<string> {
  const program = `
    import tf from '@tensorflow/tfjs';
    import { startEngine, activeEngine } from './src/tensor/engine.ts';
    ${body}`;
  const wrapped = 'exec 2>&1; exec "$0" --import tsx --input-type=module -e "$1"';
  const clean = { ADAPTERLAB_ENGINE: '', TF_CPP_MIN_LOG_LEVEL: '', TF_NUM_INTRAOP_THREADS: '', ...env };
  return (await runProgram('sh', ['-c', wrapped, process.execPath, program], { env: clean })).trim();
}

describe('in a process of its own', () => {
  test('before any engine was started, asking for it is an error that says what to do', async () => {
    const out = await elsewhere('try { activeEngine() } catch (error) { console.log(error.message) }');
    expect(out).toMatch(/No engine is running. Await startEngine\(\)/);
  });

  test.each(names)('%s writes nothing to the terminal', async (engine) => {
    const out = await elsewhere(`
      await startEngine({ engine: '${engine}' });
      const x = tf.ones([8, 8]);
      tf.grad((y) => tf.sum(tf.matMul(y, y)))(x).dataSync();
      await tf.setBackend('cpu');
      tf.add(x, 1).dataSync();`);
    expect(out).toBe('');
  });

  test('threads reach the native engine; wasm has one whatever is asked', async () => {
    const ask = (engine: string) =>
      elsewhere(`console.log((await startEngine({ engine: '${engine}', threads: 1 })).threads)`);
    for (const engine of names) expect(await ask(engine)).toBe('1');
  });

  test.runIf(names.includes('tensorflow'))(
    'no signal reaches a thread that computes; handlers and child processes do not notice',
    async () => {
      const out = await elsewhere(`
      const { readFileSync } = await import('node:fs');
      const { execFileSync } = await import('node:child_process');
      await startEngine({ engine: 'tensorflow' });
      const terminate = (text) => (BigInt('0x' + /SigBlk:\\s*(\\w+)/.exec(text)[1]) >> 14n) & 1n;
      console.log(terminate(readFileSync('/proc/self/status', 'utf8')), terminate(execFileSync('cat', ['/proc/self/status'], { encoding: 'utf8' })));
      process.on('SIGTERM', () => { console.log('heard'); process.exit(); });
      setInterval(() => {}, 1000);
      process.kill(process.pid, 'SIGTERM');`);
      expect(out).toBe('1n 0n\nheard');
    },
  );

  test('where no native engine is, the next best is taken and the reason says why', async () => {
    const root = temporaryFolder();
    const out = await elsewhere(`console.log(JSON.stringify(await startEngine({ root: '${root}' })))`);
    const { engine, reason } = JSON.parse(out) as { engine: string; reason: string };
    // An installed npm package with its own binary is the other way to the native engine.
    if (engine === 'wasm') expect(reason).toMatch(/not tensorflow: not built in .native; the npm package \S+: not/);
    else expect(reason).toMatch(/the npm package/);
  });

  test('one that does not load is said to, without the path of this machine, and nothing is written', async () => {
    const root = brokenNative();
    const out = await elsewhere(`
      const { engine, reason } = await startEngine({ root: '${root}' });
      tf.ones([2]).dataSync();
      console.log(engine, reason)`);
    expect(out).toMatch(
      /^(wasm best available .*built in .native: it does not load \(no library in .native\/node_modules|tensorflow)/,
    );
    expect(out).not.toContain(root);
    expect(out.split('\n')).toHaveLength(1);
  });

  test('a native engine that belongs to another TensorFlow.js is refused without being loaded', async () => {
    const root = anotherCopy();
    const out = await elsewhere(`
      const { reason } = await startEngine({ root: '${root}' });
      console.log(reason, globalThis.loaded)`);
    expect(out).toMatch(/another copy of TensorFlow.js.* undefined$/);
  });
});
