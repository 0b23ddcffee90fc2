/** The rules of CONTRIBUTING.md that a machine can check, on the source as text. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { methods } from '../src/adapters/methods/index.ts';

const root = path.resolve(import.meta.dirname, '..');

interface SourceFile {
  /** From the root, with forward slashes: src/train/trainer.ts */
  readonly name: string;
  /** src/<folder>/…; '' for a file that lies in src itself. */
  readonly folder: string;
  readonly text: string;
  readonly lines: number;
}

const files: readonly SourceFile[] = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => {
    const parts = file.split(path.sep);
    const text = readFileSync(path.join(root, 'src', file), 'utf8');
    return {
      name: ['src', ...parts].join('/'),
      folder: parts.length > 1 ? parts[0] : '',
      text,
      lines: text.split('\n').length - 1,
    };
  });
const inFolders = (...folders: string[]): SourceFile[] => files.filter(({ folder }) => folders.includes(folder));

/** Files the source imports, types included: names as above, or a package. */
function imports({ name, text }: SourceFile): string[] {
  const found = text.matchAll(/^(?:import|export)\b[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm);
  return [...found].map(([, from, bare, dynamic]) => {
    const target = from ?? bare ?? dynamic;
    return target.startsWith('.') ? path.posix.join(path.posix.dirname(name), target) : target;
  });
}

/** `file: what was found` for every match. */
const matches = (among: readonly SourceFile[], pattern: RegExp): string[] =>
  among.flatMap(({ name, text }) => [...text.matchAll(pattern)].map(([found]) => `${name}: ${found}`));

test('the source was found', () => {
  expect(files.length).toBeGreaterThan(150);
  expect(files.flatMap(imports).length).toBeGreaterThan(400);
});

/** Whom each folder may import, beside itself, errors.ts, atomicFile.ts, closestNames.ts and optionNames.ts. */
const core = ['tensor', 'blocks', 'families', 'adapters', 'optim', 'checkpoint', 'data'];
const mayImport: { readonly [folder: string]: readonly string[] } = {
  tensor: [],
  blocks: ['tensor'],
  families: ['tensor', 'blocks'],
  adapters: ['tensor', 'blocks'],
  optim: ['tensor'],
  checkpoint: [],
  data: ['tensor', 'checkpoint', 'metrics'],
  metrics: [],
  train: [...core, 'metrics'],
  inspect: [...core, 'train', 'report'],
  statistics: ['tensor'],
  results: ['statistics'],
  analysis: ['tensor', 'checkpoint', 'statistics', 'results'],
  report: ['results', 'statistics', 'analysis'],
  claims: ['results', 'statistics', 'analysis', 'report', 'bench'],
  experiment: [...core, 'train', 'inspect', 'statistics', 'metrics', 'results', 'analysis'],
  parity: [...core, 'train', 'statistics', 'metrics'],
  bench: [...core, 'train', 'experiment', 'statistics', 'results', 'report'],
  reproduce: ['tensor', 'results', 'experiment'],
  cli: [
    ...core,
    'train',
    'inspect',
    'statistics',
    'results',
    'report',
    'claims',
    'experiment',
    'reproduce',
    'parity',
    'bench',
  ],
};

describe('who imports whom', () => {
  test('every folder has its rule', () => {
    const folders = new Set(files.map(({ folder }) => folder).filter((folder) => folder !== ''));
    expect(Object.keys(mayImport)).toEqual(expect.arrayContaining([...folders]));
  });

  test.each(Object.entries(mayImport))('%s: %j', (folder, allowed) => {
    const forbidden = inFolders(folder).flatMap((file) =>
      imports(file)
        .filter((target) => target.startsWith('src/'))
        .filter(
          (target) =>
            !['src/errors.ts', 'src/atomicFile.ts', 'src/closestNames.ts', 'src/optionNames.ts'].includes(target),
        )
        .filter((target) => ![folder, ...allowed].includes(target.split('/')[1]))
        .map((target) => `${file.name} -> ${target}`),
    );
    expect(forbidden).toEqual([]);
  });

  test.each(['data', 'statistics'])('%s takes random streams from tensor, and nothing else', (folder) => {
    const taken = inFolders(folder)
      .flatMap(imports)
      .filter((target) => target.startsWith('src/tensor/'));
    expect(new Set(taken)).toEqual(new Set(['src/tensor/random.ts']));
  });

  test('analysis takes random streams and decompositions from tensor, which need no engine, and nothing else', () => {
    const taken = inFolders('analysis')
      .flatMap(imports)
      .filter((target) => target.startsWith('src/tensor/'));
    expect(new Set(taken)).toEqual(new Set(['src/tensor/random.ts', 'src/tensor/svd.ts', 'src/tensor/leadingSvd.ts']));
  });

  test('recipes arrive as values: only the registry, the public names and what reads a name import a method', () => {
    const importers = files.filter((file) =>
      imports(file).some((target) => target.startsWith('src/adapters/methods/')),
    );
    expect(
      importers.filter(({ folder }) => !['', 'adapters', 'inspect', 'parity', 'bench', 'cli'].includes(folder)),
    ).toEqual([]);
  });

  test('results, report and claims load no tensors', () => {
    const reached = new Set<string>();
    const visit = (name: string): void => {
      if (reached.has(name)) return;
      reached.add(name);
      const file = files.find((other) => other.name === name);
      if (file) imports(file).forEach(visit);
    };
    inFolders('results', 'report', 'claims').forEach(({ name }) => visit(name));
    reached.delete('src/tensor/random.ts'); // knows no tensors
    expect([...reached].filter((name) => /tensorflow|^src\/(tensor|blocks|adapters|train)\//.test(name))).toEqual([]);
  });

  test('every import says its extension', () => {
    const bare = files.flatMap((file) =>
      imports(file).filter((target) => target.startsWith('src/') && !target.endsWith('.ts')),
    );
    expect(bare).toEqual([]);
  });
});

describe('method, family and engine stay behind their interfaces', () => {
  const methodBlind = inFolders('train', 'optim', 'experiment', 'blocks', 'families', 'tensor');

  test.each(Object.keys(methods))("no quoted '%s' where any method must do", (name) => {
    expect(matches(methodBlind, new RegExp(`(['"\`])${name}\\1`, 'g'))).toEqual([]);
  });

  test('no method is asked for by the names of its parts', () => {
    expect(matches(methodBlind, /spec\.type\s*[!=]==/g)).toEqual([]);
  });

  test('no model_type outside the families; parity and inspect may pass one on, bench makes a config.json up', () => {
    const others = files.filter(
      ({ folder, name }) => !['families', 'parity', 'inspect'].includes(folder) && name !== 'src/bench/shape.ts',
    );
    expect(matches(others, /model_type|modelType/g)).toEqual([]);
    expect(matches(inFolders('parity', 'inspect'), /[.?]model_type|\[['"]model_type|model_type['"]?:/g)).toEqual([]);
  });

  test('no engine is named outside tensor/, the command line and the rows that compare engines', () => {
    const others = files.filter(
      ({ folder, name }) => !['tensor', 'cli'].includes(folder) && !name.startsWith('src/bench/rows/'),
    );
    expect(matches(others, /(['"`])(tensorflow|wasm|cpu)\1/g)).toEqual([]);
  });
});

describe('lifetimes stay in tensor/', () => {
  /** What blocks are measured against is written on the engine's own tape. */
  const plainTape = 'src/bench/work/plainTape.ts';
  const others = files.filter(({ folder, name }) => folder !== 'tensor' && name !== plainTape);

  test('no tensor is kept, tidied or made a variable elsewhere, and no engine is touched', () => {
    expect(matches(others, /\btf\.(keep|tidy|variable|dispose\w*|engine|backend|setBackend|ready|env)\b/g)).toEqual([]);
    expect(
      matches(others, /\btf\.(train|grad|variableGrads|valueAndGrad)s?\b/g).filter(
        (found) => !found.includes('localTape'),
      ),
    ).toEqual([]);
  });

  test('what is disposed of elsewhere owns tensors and is none', () => {
    const owners = [
      'adaptation',
      'arena',
      'base',
      'frozen',
      'held',
      'made',
      'material',
      'materials',
      'merged',
      'model',
      'norms',
      'optimizer',
      'rates',
      'run',
      'state',
      'vector',
    ];
    const receivers = matches(others, /[\w)\]]+[!?]?\.dispose\(/g).filter((found) => {
      const receiver = /([\w)\]]+)[!?]?\.dispose\($/.exec(found)![1];
      return !owners.includes(receiver);
    });
    expect(receivers).toEqual([]);
  });

  test('randomness comes from named streams alone', () => {
    expect(matches(files, /Math\.random|\btf\.(random\w*|multinomial|dropout)\b/g)).toEqual([]);
  });
});

describe('files', () => {
  test('no file has more than 200 lines', () => {
    expect(files.filter(({ lines }) => lines > 200).map(({ name, lines }) => `${name}: ${lines}`)).toEqual([]);
  });

  test('none is a drawer for whatever: utils, helpers, common, misc', () => {
    expect(
      files
        .map(({ name }) => name)
        .filter((name) => /(^|\/)(util|helper|common|misc|shared?Stuff)s?(\.ts|\/)/i.test(name)),
    ).toEqual([]);
  });

  test('no inheritance but of errors', () => {
    const classes = matches(files, /\bclass \w+(<[^>]*>)?\s+extends \w+/g).filter(
      (found) => !/ extends (Error|RequestError)$/.test(found),
    );
    expect(classes).toEqual([]);
    expect(matches(files, /^\s*(export )?(const )?(enum|namespace) \w+/gm)).toEqual([]);
  });
});
