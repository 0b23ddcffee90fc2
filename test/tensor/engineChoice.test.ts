import { describe, expect, test } from 'vitest';
import { RequestError } from '../../src/errors.ts';
import { askedEngine, choiceReason, enginesToTry, noEngine } from '../../src/tensor/engineChoice.ts';

describe('which engine was asked for', () => {
  test('the option goes before ADAPTERLAB_ENGINE', () => {
    expect(askedEngine('cpu', { ADAPTERLAB_ENGINE: 'wasm' })).toEqual({ name: 'cpu', by: 'the engine option' });
    expect(askedEngine(undefined, { ADAPTERLAB_ENGINE: 'wasm' })).toEqual({ name: 'wasm', by: 'ADAPTERLAB_ENGINE' });
  });

  test('none, when neither says anything', () => {
    expect(askedEngine(undefined, {})).toBeUndefined();
    expect(askedEngine(undefined, { ADAPTERLAB_ENGINE: '' })).toBeUndefined();
  });

  test.each(['webgl', 'TensorFlow', 'constructor', ''])('"%s" is refused, and those that exist are named', (name) => {
    expect(() => askedEngine(name, {})).toThrow(RequestError);
    expect(() => askedEngine(name, {})).toThrow(/the engine option\). Engines: tensorflow, wasm, cpu/);
  });

  test('an unknown name in the environment is said to come from there', () => {
    expect(() => askedEngine(undefined, { ADAPTERLAB_ENGINE: 'gpu' })).toThrow(
      /"gpu" \(asked for by ADAPTERLAB_ENGINE\)/,
    );
  });
});

describe('the order', () => {
  test('native, wasm, cpu when nothing was asked for', () => {
    expect(enginesToTry()).toEqual(['tensorflow', 'wasm', 'cpu']);
  });

  test('one that was asked for has no substitute', () => {
    expect(enginesToTry({ name: 'wasm', by: 'the engine option' })).toEqual(['wasm']);
  });
});

describe('the reason', () => {
  test('says who asked', () => {
    const asked = askedEngine('wasm', {});
    expect(choiceReason(asked, 'WebAssembly', [])).toBe('asked for by the engine option (WebAssembly)');
  });

  test('says why a better engine was passed over', () => {
    const failures = [{ engine: 'tensorflow' as const, why: 'not built' }];
    expect(choiceReason(undefined, 'WebAssembly', failures)).toBe(
      'best available (WebAssembly); not tensorflow: not built',
    );
  });

  test('an engine that cannot be had is an error with the reason and what to do', () => {
    const error = noEngine([{ engine: 'tensorflow', why: 'not built' }]);
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toMatch(/"tensorflow" cannot be used: not built/);
    expect(error.message).toMatch(/npm run native/);
    expect(error.message).toMatch(/adapterlab engine install/);
  });

  test('building the native engine is not proposed where another was asked for', () => {
    expect(noEngine([{ engine: 'wasm', why: 'no file' }]).message).not.toMatch(/native/);
  });
});
