/** train, evaluate, merge and generate one after the other, on a network and texts of one's own. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { openSafetensors } from '../../src/checkpoint/safetensors.ts';
import type { TrainResult } from '../../src/cli/trainResult.ts';
import type { Inspection } from '../../src/inspect/inspect.ts';
import type { TextScores } from '../../src/train/textScores.ts';
import { tinyConfig } from '../experiment/tinyBase.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { spoken } from './spoken.ts';
import { type TinyTexts, writeTinyTexts } from './tinyTexts.ts';

const program = spoken();
const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);
let tiny: TinyTexts;
beforeAll(() => {
  tiny = writeTinyTexts(folder);
  const config = { ...tinyConfig, architectures: ['LlamaForSequenceClassification'], num_labels: 2 };
  mkdirSync(at('classifier'));
  writeFileSync(at('classifier/config.json'), JSON.stringify(config));
  cpSync(path.join(tiny.model, 'model.safetensors'), at('classifier/model.safetensors'));
  const chat = { messages: [{ role: 'assistant', content: 'a' }] };
  writeFileSync(at('chats.jsonl'), JSON.stringify(chat));
});

/** What a verb prints as JSON. */
async function json<T>(...words: string[]): Promise<T> {
  expect(await program.exits(...words, '--json'), program.err).toBe(0);
  return JSON.parse(program.out) as T;
}

const quick = ['--steps', '12', '--batch', '4', '--sequence', '24', '--learning-rate', '0.02'];
const train = (out: string, ...words: string[]): Promise<TrainResult> =>
  json('train', '--model', tiny.model, '--data', tiny.text, '--out', out, ...quick, ...words);

interface Evaluated {
  readonly model: { readonly storage: { readonly type: string } };
  readonly base: TextScores;
  readonly adapted: TextScores | null;
}
const evaluate = (...words: string[]): Promise<Evaluated> =>
  json('evaluate', '--data', tiny.text, '--sequence', '24', ...words);

interface Generated {
  readonly text: string;
  readonly tokens: number[];
  readonly ended: string;
}
const generate = (...words: string[]): Promise<Generated> =>
  json('generate', '--prompt', 'the', '--max-tokens', '12', ...words);

const hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

describe.each(['dora', 'adalora', 'qlora', 'ia3'])('%s', (method) => {
  const [adapter, merged] = [at(`${method}-adapter`), at(`${method}-merged`)];

  it('trains, is scored as trained, and merges to the same scores and words', async () => {
    const result = await train(adapter, '--method', method, '--rank', '4', '--steps', '40');
    expect(result).toMatchObject({ steps: 40, stopped: false, saved: { folder: adapter, format: 'peft' } });
    expect(result.after!.lossNats).toBeLessThan(result.before!.lossNats);
    expect(result.trainLossNats.last).toBeLessThan(result.trainLossNats.first);
    expect(readdirSync(adapter).toSorted()).toEqual(
      ['README.md', 'adapter_config.json', 'adapter_model.safetensors', 'adapterlab.json'].toSorted(),
    );

    const scores = await evaluate('--model', tiny.model, '--adapter', adapter);
    expect(scores.model.storage.type).toBe(method === 'qlora' ? 'nf4' : 'float32');
    expect(scores.adapted!.lossNats).toBeLessThan(scores.base.lossNats);

    expect(await program.exits('merge', '--model', tiny.model, '--adapter', adapter, '--out', merged)).toBe(0);
    const weights = openCheckpoint(merged);
    expect(weights.shape('model.layers.0.self_attn.q_proj.weight')).toEqual([16, 16]);
    weights.close();
    const whole = await evaluate('--model', merged);
    expect(whole.adapted).toBeNull();
    expect(whole.base.lossNats).toBeCloseTo(scores.adapted!.lossNats, 4);
    expect(whole.base.tokens).toBe(scores.base.tokens);

    for (const how of [['--greedy'], ['--seed', '3', '--temperature', '0.8', '--top-k', '20', '--top-p', '0.9']]) {
      const apart = await generate('--model', tiny.model, '--adapter', adapter, ...how);
      expect(await generate('--model', merged, ...how)).toMatchObject({ text: apart.text, tokens: apart.tokens });
    }
  });
});

describe('what inspect says of a checkpoint', () => {
  it.each(['lora', 'dora', 'ia3', 'loraFa', 'full'])('%s: is what the file holds', async (method) => {
    const out = at(`${method}-held`);
    const { saved, trainable } = await train(out, '--method', method, '--steps', '1');
    const words = ['--model', tiny.model, '--method', method];
    const { totals } = await json<Inspection>('inspect', ...words);
    const file = openSafetensors(
      path.join(
        out,
        saved.files.find((name) => name.endsWith('.safetensors'))!,
      ),
    );
    const bytes = [...file.tensors.values()].reduce((n, tensor) => n + tensor.bytes, 0);
    file.close();
    expect(totals.checkpointBytes).toBe(bytes);
    expect(totals.trainable).toBe(trainable);
  });
});

describe('train', () => {
  it('gives the same file every time', async () => {
    for (const name of ['one', 'two']) await train(at(name));
    expect(hash(at('one/adapter_model.safetensors'))).toBe(hash(at('two/adapter_model.safetensors')));
    await train(at('other'), '--seed', '1');
    expect(hash(at('other/adapter_model.safetensors'))).not.toBe(hash(at('one/adapter_model.safetensors')));
  });

  it('says what it did, and how to go on', async () => {
    const words = ['train', '--model', tiny.model, '--data', tiny.pairs, '--out', at('said'), ...quick];
    expect(await program.exits(...words)).toBe(0);
    expect(program.out).toMatch(/^adapted +base by lora on q_proj, v_proj: [\d,]+ numbers, \d/m);
    expect(program.out).toMatch(/^texts +36 sequences of up to 24 tokens, 4 more held out$/m);
    expect(program.out).toMatch(/^held out +loss \d\.\d{3} \(perplexity .*\) → /m);
    expect(program.out).toContain(`npx adapterlab generate --model ${tiny.model} --adapter ${at('said')} --prompt`);
    expect(program.err).toMatch(/^engine {2}/m);
  });

  it('writes down the data and how it was trained', async () => {
    await train(at('noted'), '--schedule', 'cosine', '--warmup', '2', '--weight-decay', '0.01', '--dropout', '0.1');
    const { base, training } = JSON.parse(readFileSync(at('noted/adapterlab.json'), 'utf8')) as {
      base: object;
      training: object;
    };
    expect(base).toMatchObject({ name: tiny.model, storage: { type: 'float32' } });
    expect(training).toMatchObject({
      steps: 12,
      batch: 4,
      sequence: 24,
      learningRate: 0.02,
      schedule: { type: 'cosine', warmupSteps: 2 },
      weightDecay: 0.01,
      data: { file: 'texts.txt', sha256: hash(tiny.text) },
    });
    expect(training).not.toHaveProperty('stoppedAt');
    expect(readFileSync(at('noted/adapter_config.json'), 'utf8')).toContain('"lora_dropout": 0.1');
  });

  it('writes a model folder where everything trains', async () => {
    const { saved } = await train(at('full'), '--method', 'full');
    expect(saved.format).toBe('model');
    expect(saved.files).toContain('tokenizer.json');
    expect((await evaluate('--model', at('full'))).base.lossNats).toBeLessThan(
      (await evaluate('--model', tiny.model)).base.lossNats,
    );
  });

  it('writes over an adapter where it may, and leaves what else is there', async () => {
    await train(at('over'));
    writeFileSync(at('over/mine.txt'), 'mine');
    const words = ['train', '--model', tiny.model, '--data', tiny.text, '--out', at('over'), ...quick];
    expect(await program.exits(...words)).toBe(2);
    expect(program.err).toMatch(/--out .*over: there is something in it already.*--overwrite/);
    const before = hash(at('over/adapter_model.safetensors'));
    await train(at('over'), '--overwrite', '--seed', '2');
    expect(hash(at('over/adapter_model.safetensors'))).not.toBe(before);
    expect(readFileSync(at('over/mine.txt'), 'utf8')).toBe('mine');
  });

  it('may go without anything held out', async () => {
    expect(await train(at('none'), '--validation', '0')).toMatchObject({ before: null, after: null });
  });

  it('warns of texts that were cut', async () => {
    const words = ['train', '--model', tiny.model, '--data', tiny.pairs, '--out', at('cut'), ...quick];
    expect(await program.exits(...words, '--sequence', '5', '--rank', '20')).toBe(0);
    expect(program.err).toMatch(/^warning: \d+ of 40 texts are longer than 5 tokens and were cut there; --sequence/m);
    expect(program.err).toMatch(/^warning: model\.layers\.0\..*: the rank 20 is above 8/m);
  });
});

describe('the base of this package', () => {
  it('is taken where no model is named, also for an adapter of it', async () => {
    const words = ['train', '--data', tiny.text, '--out', at('embedded'), ...quick, '--steps', '2'];
    expect(await program.exits(...words)).toBe(0);
    expect(program.out).toContain(`npx adapterlab generate --adapter ${at('embedded')} --prompt`);
    const { base, adapted } = await evaluate('--adapter', at('embedded'));
    expect(base.lossNats).toBeLessThan(4);
    expect(adapted).not.toBeNull();
    expect((await generate('--greedy')).text).not.toBe('');
  });
});

describe("an adapter's own base", () => {
  it('is taken where no model is named', async () => {
    await train(at('own'));
    const named = await evaluate('--model', tiny.model, '--adapter', at('own'));
    expect((await evaluate('--adapter', at('own'))).base).toEqual(named.base);
  });
});

describe('generate', () => {
  it('writes the text as it comes, the prompt first', async () => {
    const words = ['generate', '--model', tiny.model, '--prompt', 'the', '--max-tokens', '5', '--greedy'];
    expect(await program.exits(...words)).toBe(0);
    expect(program.out).toMatch(/^the .+\n$/);
  });

  it('draws another text with another seed', async () => {
    const text = async (seed: string): Promise<string> => (await generate('--model', tiny.model, '--seed', seed)).text;
    expect(await text('1')).toBe(await text('1'));
    expect(await text('1')).not.toBe(await text('2'));
  });

  it('ends at the last position', async () => {
    const long = await generate('--model', tiny.model, '--max-tokens', '500', '--seed', '5');
    expect(long.tokens.length).toBeLessThan(64);
    expect(['positions', 'endOfText']).toContain(long.ended);
  });
});

describe('a chat template', () => {
  it('writes conversations to learn and the prompt of a message', async () => {
    const { model } = writeTinyTexts((mkdirSync(at('chat')), at('chat')));
    const template =
      '{% for message in messages %}{{ message.content }} . {% endfor %}{% if add_generation_prompt %}the {% endif %}';
    writeFileSync(path.join(model, 'chat_template.jinja'), template);
    const [first, second] = readFileSync(tiny.text, 'utf8').split(' . ');
    const chat = {
      messages: [
        { role: 'user', content: first },
        { role: 'assistant', content: `the ${second!}` },
      ],
    };
    writeFileSync(at('chat/chats.jsonl'), `${JSON.stringify(chat)}\n`.repeat(4));
    const words = [
      '--model',
      model,
      '--data',
      at('chat/chats.jsonl'),
      '--out',
      at('chat/adapter'),
      '--validation',
      '0',
    ];
    const { saved, trainLossNats } = await json<TrainResult>(
      'train',
      ...words,
      '--steps',
      '12',
      '--learning-rate',
      '0.05',
    );
    expect(saved.format).toBe('peft');
    expect(trainLossNats.last).toBeLessThan(trainLossNats.first - 0.5);
    const asked = await json<{ text: string }>('generate', '--model', model, '--prompt', first!, '--chat', '--greedy');
    expect(asked.text).not.toBe('');
  });
});

describe('requests that cannot be', () => {
  const untouched = at('untouched');
  const trains = (...words: string[]): string[] => ['train', '--out', untouched, ...quick, ...words];
  const own = (): string[] => ['--model', tiny.model, '--data', tiny.text];

  it.each<[string, () => string[], RegExp]>([
    ['a method', () => trains(...own(), '--method', 'dorra'), /unknown method 'dorra'; the nearest name is dora/],
    ['a rank', () => trains(...own(), '--rank', '0'), /rank must be a whole number of at least 1, not 0/],
    ['a target', () => trains(...own(), '--targets', 'q_prj'), /target q_prj; .*; the nearest name is q_proj/],
    ['a storage', () => trains(...own(), '--storage', 'nf5'), /unknown storage 'nf5'/],
    ['a rate', () => trains(...own(), '--learning-rate', '0'), /learning rate must be a positive number, not 0/],
    ['a schedule', () => trains(...own(), '--schedule', 'steps'), /schedule\.type must be .*linear.*, not "?steps/],
    ['a dropout', () => trains(...own(), '--dropout', '1'), /dropout must be at least 0 and below 1, not 1/],
    ['a share', () => trains(...own(), '--validation', '1'), /share held out must be from 0 to below 1, not 1/],
    ['a sequence', () => trains(...own(), '--sequence', '65'), /--sequence 65: base has 64 positions/],
    ['one token', () => trains(...own(), '--sequence', '1'), /a sequence needs at least 2 tokens/],
    ['no steps', () => trains(...own(), '--steps', '0'), /a whole number of at least 1/],
    ['an engine', () => trains(...own(), '--engine', 'cuda'), /no engine "cuda"/],
    ['no data', () => trains('--model', tiny.model), /required option '--data <file>' not specified/],
    ['data', () => trains('--model', tiny.model, '--data', at('no.txt')), /no\.txt: cannot be read/],
    ['a model', () => trains('--model', at('nowhere'), '--data', tiny.text), /nowhere: no such folder/],
    [
      'an adapter as a model',
      () => trains('--model', at('one'), '--data', tiny.text),
      /no config\.json|holds an adapter/,
    ],
    ['a kind of text', () => trains(...own(), '--documents', 'lines'), /Allowed choices are file, blank-lines/],
    [
      'greedy and drawn',
      () => ['generate', '--prompt', 'a', '--greedy', '--top-k', '3'],
      /leave out --top-k, or --greedy/,
    ],
    [
      'a temperature',
      () => ['generate', '--prompt', 'a', '--temperature', '0'],
      /temperature must be a number above 0/,
    ],
    [
      'a long prompt',
      () => ['generate', '--model', tiny.model, '--prompt', 'the '.repeat(70)],
      /model takes at most 64/,
    ],
    ['no adapter', () => ['merge', '--out', untouched], /required option '--adapter <folder>' not specified/],
    ['an adapter', () => ['evaluate', '--data', tiny.text, '--adapter', at('nowhere')], /nowhere: no such folder/],
    [
      'a tolerance',
      () => ['merge', '--adapter', at('one'), '--out', untouched, '--tolerance', '0'],
      /more than the tolerance 0/,
    ],
  ])('%s', async (_, words, message) => {
    expect(await program.exits(...words()), program.err).toBe(2);
    expect(program.err).toMatch(message);
    expect(program.err).not.toMatch(/\n\s+at /);
    expect(existsSync(untouched)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('a place where nothing can be written is told before the work', async () => {
    expect(await program.exits('train', ...own(), ...quick, '--out', '/proc/none/out')).toBe(2);
    expect(program.err).toMatch(/--out \/proc\/none\/out: nothing can be written in \/proc/);
  });

  it('nothing is written into what is read, nor below a file', async () => {
    const names = readdirSync(tiny.model);
    for (const out of [tiny.model, path.join(tiny.model, '..', 'base'), path.join(tiny.text, 'below')]) {
      expect(await program.exits('train', ...own(), ...quick, '--out', out, '--overwrite')).toBe(2);
      expect(program.err).toMatch(/it holds what is read from|is a file/);
    }
    expect(await program.exits('merge', '--adapter', at('one'), '--out', tiny.model, '--overwrite')).toBe(2);
    expect(program.err).toMatch(/it holds what is read from/);
    expect(await program.exits('merge', '--adapter', at('one'), '--out', at('one'), '--overwrite')).toBe(2);
    expect(readdirSync(tiny.model)).toEqual(names);
  });

  it.each<[string, (adapter: string) => void, RegExp]>([
    [
      'a truncated file',
      (adapter) => truncateSync(path.join(adapter, 'adapter_model.safetensors'), 300),
      /adapter_model\.safetensors: .*(cut off|header)/,
    ],
    [
      'a pickle alone',
      (adapter) => renameSync(path.join(adapter, 'adapter_model.safetensors'), path.join(adapter, 'adapter_model.bin')),
      /adapter_model\.bin is a pickle/,
    ],
    [
      'no configuration',
      (adapter) => rmSync(path.join(adapter, 'adapter_config.json')),
      /has no adapter_config\.json beside/,
    ],
    [
      'a configuration that is no JSON',
      (adapter) => writeFileSync(path.join(adapter, 'adapter_config.json'), '{'),
      /adapter_config\.json: not JSON/,
    ],
    [
      'notes that are none',
      (adapter) => writeFileSync(path.join(adapter, 'adapterlab.json'), '{"version": 7}'),
      /adapterlab\.json: /,
    ],
  ])('an adapter with %s', async (_, spoil, message) => {
    const adapter = mkdtempSync(at('spoilt-'));
    cpSync(at('one'), adapter, { recursive: true });
    spoil(adapter);
    for (const words of [
      ['merge', '--adapter', adapter, '--out', untouched],
      ['evaluate', '--adapter', adapter, '--data', tiny.text],
      ['generate', '--adapter', adapter, '--prompt', 'a'],
    ]) {
      expect(await program.exits(...words, '--model', tiny.model), program.err).toBe(2);
      expect(program.err).toMatch(message);
    }
    expect(existsSync(untouched)).toBe(false);
  });

  it('an adapter of another base', async () => {
    const { model } = writeTinyTexts((mkdirSync(at('second')), at('second')));
    writeFileSync(path.join(model, 'config.json'), `${readFileSync(path.join(model, 'config.json'), 'utf8')} `);
    expect(await program.exits('merge', '--model', model, '--adapter', at('one'), '--out', untouched)).toBe(2);
    expect(program.err).toMatch(/an adapter of another base/);
    expect(existsSync(untouched)).toBe(false);
  });
});
