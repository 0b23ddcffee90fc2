import { cpSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { RequestError } from '../../src/errors.ts';
import { describeWithShared, shared } from '../shared.ts';
import { writeRaw } from './rawSafetensors.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'checkpoint-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => path.join(folder, name);
const writeJson = (name: string, value: unknown): void => writeFileSync(at(name), JSON.stringify(value));

/** A file of vectors of two numbers. */
function writeVectors(name: string, vectors: Record<string, [number, number]>): void {
  const header = Object.keys(vectors).map((key, i) => [
    key,
    { dtype: 'F32', shape: [2], data_offsets: [8 * i, 8 * i + 8] },
  ]);
  writeRaw(
    at(name),
    Object.fromEntries(header),
    new Uint8Array(Float32Array.from(Object.values(vectors).flat()).buffer),
  );
}

function writeSharded(weightMap: Record<string, unknown>): void {
  writeJson('config.json', {});
  writeVectors('1.safetensors', { a: [1, 2], c: [5, 6] });
  writeVectors('2.safetensors', { b: [3, 4] });
  writeJson('model.safetensors.index.json', { metadata: {}, weight_map: weightMap });
}

const good = { a: '1.safetensors', b: '2.safetensors', c: '1.safetensors' };

describe('a checkpoint folder', () => {
  it('gives configuration and tensors', () => {
    writeJson('config.json', { model_type: 'llama' });
    writeVectors('model.safetensors', { b: [3, 4], a: [1, 2] });
    const checkpoint = openCheckpoint(folder);
    expect(checkpoint.config).toEqual({ model_type: 'llama' });
    expect(checkpoint.names()).toEqual(['a', 'b']);
    expect(checkpoint.has('a') && !checkpoint.has('c') && !checkpoint.has('toString')).toBe(true);
    expect(checkpoint.shape('b')).toEqual([2]);
    expect(checkpoint.read('b')).toEqual({ shape: [2], data: Float32Array.of(3, 4) });
    checkpoint.close();
  });

  it('reads into memory that is given', () => {
    writeJson('config.json', {});
    writeVectors('model.safetensors', { b: [3, 4], a: [1, 2] });
    const checkpoint = openCheckpoint(folder);
    const room = new Float32Array(5).fill(9);
    const { data } = checkpoint.read('b', { room: (numbers) => room.subarray(1, 1 + numbers) });
    expect(data.buffer).toBe(room.buffer);
    expect([...room]).toEqual([9, 3, 4, 9, 9]);
    checkpoint.close();
  });

  it('joins shards', () => {
    writeSharded(good);
    const checkpoint = openCheckpoint(folder);
    expect(checkpoint.names().map((name) => [...checkpoint.read(name).data])).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    checkpoint.close();
  });

  it('has a hash of the content: of configuration, names and numbers, not of the sharding', () => {
    const hash = (): string => {
      const checkpoint = openCheckpoint(folder);
      const value = checkpoint.hash();
      expect(checkpoint.hash()).toBe(value);
      checkpoint.close();
      return value;
    };
    writeSharded(good);
    const first = hash();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    writeVectors('model.safetensors', { c: [5, 6], b: [3, 4], a: [1, 2] });
    expect(hash()).toBe(first);
    writeVectors('model.safetensors', { c: [5, 6], b: [3, 4], a: [1, 2.0000002] });
    expect(hash()).not.toBe(first);
    writeVectors('model.safetensors', { c: [5, 6], b: [3, 4], A: [1, 2] });
    expect(hash()).not.toBe(first);
    writeVectors('model.safetensors', { c: [5, 6], b: [3, 4], a: [1, 2] });
    writeJson('config.json', { rope_theta: 1 });
    expect(hash()).not.toBe(first);
  });
});

describe('the hash', () => {
  const closed = (): { hash(): string } => {
    const checkpoint = openCheckpoint(folder);
    checkpoint.close();
    return checkpoint;
  };

  it('can be asked for when the checkpoint is closed', () => {
    writeSharded(good);
    const open = openCheckpoint(folder);
    expect(closed().hash()).toBe(open.hash());
    open.close();
  });

  it('is refused where the weights are no longer what was opened', () => {
    writeSharded(good);
    const known = closed();
    const first = known.hash();
    const open = openCheckpoint(folder);
    const later = closed();
    const gone = closed();
    writeVectors('2.safetensors', { b: [3, 5] });
    expect(known.hash()).toBe(first);
    expect(() => later.hash()).toThrow(RequestError);
    expect(() => later.hash()).toThrow(/2\.safetensors: was written to after it was opened/);
    expect(() => open.hash()).toThrow(/2\.safetensors: was written to after it was opened/);
    open.close();
    rmSync(at('1.safetensors'));
    expect(() => gone.hash()).toThrow(/1\.safetensors: cannot be opened/);
  });
});

describe('refuses', () => {
  const refused = (message: RegExp): void => {
    expect(() => openCheckpoint(folder)).toThrow(RequestError);
    expect(() => openCheckpoint(folder)).toThrow(message);
  };

  it('a folder that is missing, or a file', () => {
    expect(() => openCheckpoint(at('none'))).toThrow(/none: no such folder/);
    writeJson('config.json', {});
    expect(() => openCheckpoint(at('config.json'))).toThrow(/expected a checkpoint folder, found a file/);
  });

  it('a configuration that is missing or broken', () => {
    refused(/no config\.json/);
    writeFileSync(at('config.json'), '{"a": ');
    refused(/config\.json: not JSON/);
    writeFileSync(at('config.json'), '[1]');
    refused(/config\.json: expected a JSON object, found \[1\]/);
  });

  it('weights that are missing, or there in a form that is not read', () => {
    writeJson('config.json', {});
    refused(/no weights: expected model\.safetensors or model\.safetensors\.index\.json, found config\.json/);
    writeJson('adapter_config.json', {});
    refused(/holds an adapter/);
    writeJson('pytorch_model.bin', {});
    refused(/only there as pytorch_model\.bin, a Python pickle.*safe_serialization=True/);
    rmSync(at('pytorch_model.bin'));
    writeJson('pytorch_model.bin.index.json', {});
    refused(/a Python pickle/);
  });

  it('weights that are cut off', () => {
    writeJson('config.json', {});
    writeVectors('model.safetensors', { a: [1, 2] });
    truncateSync(at('model.safetensors'), 60);
    refused(/model\.safetensors: .*cut off/);
    writeSharded(good);
    rmSync(at('model.safetensors'));
    truncateSync(at('2.safetensors'), 5);
    refused(/2\.safetensors: cut off/);
  });

  it.each([
    '../1.safetensors',
    '/etc/passwd',
    'sub/../../1.safetensors',
    '..\\1.safetensors',
    'C:\\1.safetensors',
    '..',
    '.',
    '',
    '1.safetensors\0',
    3,
    null,
  ])('a shard named %j', (shard) => {
    writeSharded({ ...good, a: shard });
    refused(/index\.json: tensor a: expected the name of a file in this folder, found /);
  });

  it('an index that is broken, or does not match its shards', () => {
    writeSharded({ ...good, a: '3.safetensors' });
    refused(/3\.safetensors: missing: .* says it holds a/);
    writeSharded({ ...good, d: '2.safetensors' });
    refused(/2\.safetensors: has no tensor d/);
    writeSharded({ ...good, a: '2.safetensors' });
    refused(/2\.safetensors: has no tensor a/);
    writeSharded({});
    refused(/expected "weight_map" to be an object/);
    writeSharded(good);
    writeVectors('2.safetensors', { a: [1, 2], b: [3, 4] });
    refused(/2\.safetensors: tensor a is also in .*1\.safetensors/);
    writeJson('model.safetensors.index.json', { weight_map: ['a'] });
    refused(/weight_map/);
  });

  it.each([NaN, Infinity, -Infinity])('%d in a weight', (value) => {
    writeJson('config.json', {});
    writeVectors('model.safetensors', { a: [1, value], b: [1, 2] });
    const checkpoint = openCheckpoint(folder);
    expect(() => checkpoint.read('a')).toThrow(`tensor a: number 1 of 2 is ${value}`);
    const memory = { room: (numbers: number) => new Float32Array(numbers), areFinite: () => false };
    expect(() => checkpoint.read('a', memory)).toThrow(`tensor a: number 1 of 2 is ${value}`);
    expect(checkpoint.read('b', memory).data).toEqual(Float32Array.of(1, 2));
    expect(checkpoint.read('b').data).toEqual(Float32Array.of(1, 2));
    checkpoint.close();
  });

  it('a tensor that is not there, naming the closest', () => {
    writeJson('config.json', {});
    writeVectors('model.safetensors', { 'model.norm.weight': [1, 2], 'lm_head.weight': [3, 4], x: [0, 0], y: [0, 0] });
    const checkpoint = openCheckpoint(folder);
    for (const ask of [(name: string) => checkpoint.read(name), (name: string) => checkpoint.shape(name)]) {
      expect(() => ask('model.norm.wieght')).toThrow(
        /no tensor model\.norm\.wieght; closest: model\.norm\.weight, lm_head\.weight/,
      );
    }
    checkpoint.close();
  });
});

describeWithShared('shared checkpoints', () => {
  it('opens shards', () => {
    const checkpoint = openCheckpoint(shared('fixtures/models/llama-sharded'));
    const numbers = checkpoint.names().reduce((sum, name) => sum + checkpoint.read(name).data.length, 0);
    expect(numbers).toBe(35_664);
    checkpoint.close();
  });

  it('notices a cut-off copy of a model', () => {
    cpSync(shared('models/stories260K-hf'), folder, { recursive: true });
    truncateSync(at('model.safetensors'), 1_000_000);
    expect(() => openCheckpoint(folder)).toThrow(/model\.safetensors: .*cut off/);
  });
});
