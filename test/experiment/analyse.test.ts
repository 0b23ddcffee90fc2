/** From a results folder with what its runs kept to its analysis, and what a person hears where that cannot be. */
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bothNormal } from '../../src/adapters/init/arms.ts';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { qdora } from '../../src/adapters/methods/qdora.ts';
import { qlora } from '../../src/adapters/methods/qlora.ts';
import { storageOf } from '../../src/adapters/storage/index.ts';
import { nf4 } from '../../src/adapters/storage/nf4.ts';
import type { Recipe } from '../../src/adapters/types.ts';
import { denseChange, frobeniusNorm } from '../../src/analysis/change.ts';
import { keptChange } from '../../src/analysis/keptChange.ts';
import { openArtefact } from '../../src/checkpoint/artefact.ts';
import { sums } from '../../src/data/smallWorld/sums.ts';
import { RequestError } from '../../src/errors.ts';
import { analyse } from '../../src/experiment/analyse/analyse.ts';
import { huggingFace } from '../../src/experiment/base.ts';
import { defineExperiment, type Experiment, type ExperimentOptions } from '../../src/experiment/define.ts';
import { artefactFile } from '../../src/experiment/keep.ts';
import { runExperiment } from '../../src/experiment/runner.ts';
import type { Analysis } from '../../src/results/analysis.ts';
import { readAnalysis } from '../../src/results/analysisFile.ts';
import type { FinishedRun } from '../../src/results/record.ts';
import { readStore } from '../../src/results/store.ts';
import { pearson } from '../../src/statistics/correlation.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { transposed } from '../../src/tensor/transposed.ts';
import { type Base, loadBase, type WeightSource } from '../../src/train/base.ts';
import { evaluate, evaluationSet } from '../../src/train/evaluate.ts';
import { kernelNumbers } from '../../src/train/kernelNumbers.ts';
import { createModel } from '../../src/train/model.ts';
import { spoken } from '../cli/spoken.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { writeTinyBase } from './tinyBase.ts';
import { tinyOptions } from './tinyOptions.ts';

const home = temporaryFolder();
const bases = [huggingFace(path.join(home, 'base'))];
const results = path.join(home, 'results');

const experimentOf = (change: Partial<ExperimentOptions>): Experiment =>
  defineExperiment({ ...tinyOptions(home, 4), ...change });

async function ran(name: string, change: Partial<ExperimentOptions>): Promise<string> {
  const { folder } = await runExperiment(experimentOf(change), { name, results });
  return folder;
}

const rates = [1e-2];
const variants: ExperimentOptions['variants'] = {
  LoRA: { recipe: lora({ rank: 2 }), learningRates: rates },
  start: { recipe: lora({ rank: 4, init: bothNormal({ sigma: 0.1 }) }), learningRates: rates },
  DoRA: { recipe: dora({ rank: 2 }), learningRates: rates },
  AdaLoRA: { recipe: adalora({ rank: 3, target: 2, every: 2 }), learningRates: rates },
  QLoRA: { recipe: qlora({ rank: 2 }), learningRates: rates },
  full: { recipe: full(), adapt: 'all', learningRates: [1e-3] },
};

let folder: string;
let analysis: Analysis;

beforeAll(async () => {
  writeTinyBase(path.join(home, 'base'));
  await startEngine();
  folder = await ran('whole', { variants, keep: 'trajectory' });
  ({ analysis } = await analyse(folder, { bases }));
}, 60_000);

describe('an analysis', () => {
  it('is written as the published schema says, small and the same again, and leaves no tensor behind', async () => {
    const schema = z.fromJSONSchema(JSON.parse(readFileSync('docs/analysis.schema.json', 'utf8')) as never);
    const file = path.join(folder, 'analysis.json');
    expect(schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).error).toBeUndefined();
    expect(readAnalysis(folder)).toEqual(analysis);
    const before = { text: readFileSync(file, 'utf8'), tensors: tf.memory().numTensors };
    await analyse(folder, { bases });
    expect(readFileSync(file, 'utf8')).toBe(before.text);
    expect(tf.memory().numTensors).toBe(before.tensors);
    expect(statSync(file).size).toBeLessThan(60_000);
  });

  it('has every variant, its kernels and no gain or table', () => {
    expect(Object.keys(analysis.variants)).toEqual(Object.keys(variants));
    const namesOf = (variant: string): string[] =>
      analysis.variants[variant]!.sites.map((site) => analysis.sites[site]!.name);
    expect(namesOf('LoRA')).toEqual(
      [0, 1].flatMap((l) => ['q', 'v'].map((m) => `model.layers.${l}.self_attn.${m}_proj`)),
    );
    expect(namesOf('full')).toHaveLength(14);
    expect(namesOf('full').every((name) => name.endsWith('_proj'))).toBe(true);
    for (const { runs } of Object.values(analysis.variants)) expect(runs.map(({ seed }) => seed)).toEqual([0, 1]);
  });

  it('counts directions: as many values as the rank, more where DoRA rescales, all of full fine-tuning', () => {
    const counts = (variant: string): number[] =>
      analysis.variants[variant]!.runs[0]!.spectrum.map(({ length }) => length);
    expect(counts('LoRA')).toEqual([2, 2, 2, 2]);
    expect(Math.max(...counts('AdaLoRA'))).toBeLessThanOrEqual(3);
    expect(Math.max(...counts('DoRA'))).toBeGreaterThan(2);
    expect(Math.max(...counts('full'))).toBeGreaterThan(8);
    for (const { runs } of Object.values(analysis.variants))
      for (const { spectrum, norm } of runs)
        spectrum.forEach((values, site) => expect(frobeniusNorm(values) / norm[site]!).toBeCloseTo(1, 2));
  });

  it('of bases of two widths has the kernels of both, and compares directions of one space alone', async () => {
    const wide = huggingFace(writeTinyBase(path.join(home, 'wide'), 1, undefined, { hidden_size: 32 }));
    const recipe = lora({ rank: 2 });
    const two = await ran('two widths', {
      variants: { narrow: { recipe }, wide: { recipe, base: wide, reference: 'narrow' } },
      train: { steps: 4, batch: 4, learningRates: rates },
      keep: 'adapters',
    });
    const found = (await analyse(two, { bases: [...bases, wide] })).analysis;
    const sitesOf = (variant: string): Analysis['sites'] =>
      found.variants[variant]!.sites.map((index) => found.sites[index]!);
    expect(sitesOf('narrow').map(({ name }) => name)).toEqual(sitesOf('wide').map(({ name }) => name));
    expect(new Set(sitesOf('narrow').map(({ shape: [inputs] }) => inputs))).toEqual(new Set([16]));
    expect(new Set(sitesOf('wide').map(({ shape: [inputs] }) => inputs))).toEqual(new Set([32]));
    expect(found.similarity.pairs.map(({ a, b }) => [a, b])).toEqual([
      ['narrow', 'narrow'],
      ['wide', 'wide'],
    ]);
    const [of16, of32] = found.similarity.baselines.map(({ input }) => input.mean[0]![0]!);
    expect(of16! / of32!).toBeCloseTo(2, 2);
  });

  it('says of a site what its file says', () => {
    const [file] = readdirSync(path.join(folder, 'artefacts')).filter((name) =>
      /^LoRA-0.01-0-.*-4\.safetensors$/.test(name),
    );
    const artefact = openArtefact(path.join(folder, 'artefacts', file!));
    const norms = artefact.sites.map(({ name }) => frobeniusNorm(denseChange(keptChange(artefact, name, []))));
    analysis.variants.LoRA!.runs[0]!.norm.forEach((norm, i) => expect(norm / norms[i]!).toBeCloseTo(1, 4));
  });

  it('has orthogonality of triplets alone, movement with none at the start, and the variance of a start', () => {
    const first = (variant: string): Analysis['variants'][string]['runs'][number] =>
      analysis.variants[variant]!.runs[0]!;
    expect(first('AdaLoRA').orthogonality!.down.every((value) => value! > 0)).toBe(true);
    expect(first('LoRA').orthogonality).toBeUndefined();
    const { step, magnitude, direction } = first('LoRA').movement!;
    expect(step[0]).toBe(0);
    expect(step.at(-1)).toBe(4);
    expect(Math.max(...magnitude[0]!, ...direction[0]!)).toBeLessThan(1e-6);
    expect(Math.min(...direction.at(-1)!)).toBeGreaterThan(1e-6);
    // The start counts for nothing, not even where it is away from the base.
    for (const variant of ['LoRA', 'start']) {
      const moved = first(variant).movement!;
      const found = pearson(moved.direction.slice(1).flat(), moved.magnitude.slice(1).flat())!;
      expect(moved.correlation).toBeCloseTo(found, 2);
      expect(pearson(moved.direction.flat(), moved.magnitude.flat())).not.toBeCloseTo(found, 2);
    }
    expect(analysis.variants.LoRA!.start).toBeNull();
    const { predicted, measured } = analysis.variants.start!.start!;
    for (const value of predicted) expect(value).toBeCloseTo(2 ** 2 * 4 * 0.01 * 0.01, 9);
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(measured) / mean(predicted)).toBeGreaterThan(0.7);
    expect(mean(measured) / mean(predicted)).toBeLessThan(1.4);
  });

  it('compares seeds and variants with chance', () => {
    const { baselines, pairs } = analysis.similarity;
    const count = Object.keys(variants).length;
    expect(pairs).toHaveLength((count * (count + 1)) / 2);
    const pair = (a: string, b: string): (typeof pairs)[number] => pairs.find((of) => of.a === a && of.b === b)!;
    expect(pair('LoRA', 'LoRA').runs).toBe(1);
    expect(pair('LoRA', 'full').runs).toBe(2);
    expect(pair('LoRA', 'LoRA').input[2]![2]).toBeNull();
    expect(pair('full', 'full').input[3]![3]).toBeGreaterThan(0);
    // Both read the same batches from the same factors, one of them on a rounded base.
    expect(pair('LoRA', 'QLoRA').input[1]![1]).toBeGreaterThan(
      baselines[pair('LoRA', 'QLoRA').baseline]!.input.high[1]![1]!,
    );
    expect(baselines[pair('LoRA', 'LoRA').baseline]!.input.mean[0]![1]).toBeCloseTo(2 / 16, 9);
  });

  it('has the error of a storage that rounds, for the variants that use it', () => {
    expect(analysis.quantization).toHaveLength(1);
    const [{ storage, variants: own, relative, sites }] = analysis.quantization as [Analysis['quantization'][number]];
    expect(storage).toMatchObject({ type: 'nf4' });
    expect(own).toEqual(['QLoRA']);
    expect(sites).toHaveLength(14);
    for (const value of relative) expect(value).toBeGreaterThan(0.05);
  });
});

describe('merged kernels rounded again', () => {
  const options: Partial<ExperimentOptions> = { variants, keep: 'trajectory' };
  let found: Analysis;
  beforeAll(
    async () => void ({ analysis: found } = await analyse(folder, { bases, experiment: experimentOf(options) })),
  );

  const without = (given: Analysis): Analysis => ({
    ...given,
    variants: Object.fromEntries(
      Object.entries(given.variants).map(([name, { runs, ...rest }]) => [
        name,
        { ...rest, runs: runs.map(({ requantized: _, ...numbers }) => numbers) },
      ]),
    ),
  });

  it('are scored where the base is in codes and the data are at hand; all else is the same, and the same again', async () => {
    const has = ({ variants: of }: Analysis): string[] =>
      Object.keys(of).filter((variant) => of[variant]!.runs.every(({ requantized }) => requantized));
    expect(has(analysis)).toEqual([]);
    expect(has(found)).toEqual(['QLoRA']);
    expect(without(found)).toEqual(analysis);
    expect(readAnalysis(folder)).toEqual(found);
    const tensors = tf.memory().numTensors;
    expect((await analyse(folder, { bases, experiment: experimentOf(options) })).analysis).toEqual(found);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('as numbers they score what the run did, as codes what a base of these numbers in that storage does', async () => {
    const { learn } = tinyOptions(home);
    const { checkpoint, tokenizer } = bases[0]!.open();
    const set = evaluationSet(learn, 'test', tokenizer, { maxLength: 64, items: false, report: () => {} });
    const scored = async (held: Base): Promise<number> => {
      const model = createModel(held, { seeds: [0], methodFor: () => null });
      const [scores] = await evaluate(model, set);
      model.dispose();
      held.dispose();
      return scores!.lossNats;
    };
    const records = readStore(folder).read();
    for (const { hash, requantized } of found.variants.QLoRA!.runs) {
      const record = records.find(({ plan }) => plan.hash === hash) as FinishedRun;
      expect(requantized!.merged.test).toBeCloseTo(record.final.learn.test.lossNats, 4);
      expect(requantized!.merged.validation).toBeCloseTo(record.final.learn.validation.lossNats, 4);
      const storage = storageOf(record.plan.recipe.storage as never);
      const base = loadBase(checkpoint, storage);
      const artefact = openArtefact(artefactFile(path.join(results, 'whole'), record.plan, 4));
      const changed = (tensor: string): Float32Array => {
        const { name, shape } = base.sites.find((site) => site.tensor === tensor)!;
        const kernel = kernelNumbers(base, name);
        const change = denseChange(keptChange(artefact, name, kernel));
        return transposed(
          kernel.map((value, at) => value + change[at]!),
          ...shape,
        );
      };
      const isKept = (tensor: string): boolean => artefact.sites.some(({ name }) => tensor === `${name}.weight`);
      const source: WeightSource = {
        ...checkpoint,
        read: (tensor) => ({
          shape: checkpoint.read(tensor).shape,
          data: isKept(tensor) ? changed(tensor) : checkpoint.read(tensor).data,
        }),
      };
      expect(requantized!.rounded.test).toBeCloseTo(await scored(loadBase(source, storage)), 5);
      expect(Math.abs(requantized!.rounded.test - requantized!.merged.test)).toBeGreaterThan(1e-4);
      base.dispose();
      artefact.close();
    }
    checkpoint.close();
  });

  it('are left out where kernels are not all that was changed, and of another experiment', async () => {
    const onCodes = (recipe: Recipe): Recipe => ({ ...recipe, storage: nf4() });
    const odd: Partial<ExperimentOptions> = {
      variants: {
        'with a table': { recipe: onCodes(lora({ rank: 2 })), adapt: ['embed_tokens', 'q_proj'] },
        'with a bias': onCodes(lora({ rank: 2, upBias: true })),
        QDoRA: qdora({ rank: 2 }),
      },
      train: { ...tinyOptions(home, 4).train, learningRates: [0.1] },
      keep: 'adapters',
      seeds: 1,
    };
    const mixed = await ran('odd', odd);
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const { analysis: some } = await analyse(mixed, { bases, experiment: experimentOf(odd), say });
    const measured = Object.keys(some.variants).filter((variant) => some.variants[variant]!.runs[0]!.requantized);
    expect(measured).toEqual(['QDoRA']);
    for (const variant of ['with a table', 'with a bias'])
      expect(said).toContain(`${variant}: left out, as its kernels alone are not what its runs have come to`);
    const changed = experimentOf({ ...odd, learn: sums({ digits: 1, train: 20, validation: 4, test: 5 }) });
    await expect(analyse(mixed, { bases, experiment: changed })).rejects.toThrow(RequestError);
    await expect(analyse(mixed, { bases, experiment: changed })).rejects.toThrow(
      'the experiment no longer makes the runs of with a table: restore its file',
    );
  });
});

describe('what cannot be analysed is said', () => {
  const program = spoken();

  it('on the command line: help, a table, JSON and refusals', async () => {
    expect(await program.exits('analyse', '--help')).toBe(0);
    expect(program.out).toContain('adapterlab analyse results/rank-sweep');
    const base = path.join(home, 'base');
    expect(await program.exits('analyse', folder, '--base', base)).toBe(0);
    expect(program.out).toMatch(/mean over sites and seeds +‖ΔW‖\/‖W‖ +effective rank/);
    expect(program.out).toMatch(/^LoRA .* 0\.\d+ /m);
    expect(program.out).toContain(`analysis: ${path.join(folder, 'analysis.json')}`);
    expect(await program.exits('analyse', folder, '--base', base, '--json')).toBe(0);
    expect(JSON.parse(program.out)).toEqual([analysis]);
    expect(program.err).toMatch(
      /merged kernels are not rounded again, for which the data are needed: .* was not made by/,
    );
    expect(await program.exits('analyse', folder)).toBe(2);
    expect(program.err).toMatch(/the runs had the base base \(\w{8}\): say where it lies \(--base <folder>\)/);
    expect(await program.exits('analyse', path.join(home, 'nowhere'))).toBe(2);
    expect(program.err).toContain('there is no folder');
  });

  it('another base; one more than the runs have is no harm', async () => {
    const other = huggingFace(writeTinyBase(path.join(home, 'other'), 2));
    await expect(analyse(folder, { bases: [other] })).rejects.toThrow(RequestError);
    await expect(analyse(folder, { bases: [other] })).rejects.toThrow(
      /the base base \(\w+\): say where it lies \(--base <folder>\); other \(\w+\) is another/,
    );
    expect((await analyse(folder, { bases: [other, ...bases] })).analysis).toEqual(analysis);
  });

  it('runs that kept nothing', async () => {
    const nothing = await ran('nothing', { variants: { LoRA: lora({ rank: 2 }) }, seeds: 1 });
    await expect(analyse(nothing, { bases })).rejects.toThrow("add keep: 'adapters' or keep: 'trajectory' to it");
    await expect(analyse(nothing, { bases })).rejects.toThrow(RequestError);
    // Of several experiments, those that kept something are analysed.
    const both = path.join(home, 'both');
    for (const name of ['whole', 'nothing'])
      cpSync(path.join(results, name), path.join(both, name), { recursive: true });
    expect(await program.exits('analyse', both, '--base', path.join(home, 'base'), '--json')).toBe(0);
    expect(JSON.parse(program.out)).toEqual([analysis]);
    expect(await program.exits('analyse', nothing)).toBe(2);
  });

  it('files that are gone, by name; ends alone are enough, without movement', async () => {
    const ends = await ran('ends', {
      variants: { LoRA: { recipe: lora({ rank: 2 }), learningRates: rates } },
      keep: 'adapters',
    });
    const { analysis: found } = await analyse(ends, { bases });
    expect(found.variants.LoRA!.runs[0]).not.toHaveProperty('movement');
    expect(found.variants.LoRA!.runs[0]!.norm).toEqual(analysis.variants.LoRA!.runs[0]!.norm);
    const [file] = readdirSync(path.join(ends, 'artefacts'));
    rmSync(path.join(ends, 'artefacts', file!));
    await expect(analyse(ends, { bases })).rejects.toThrow(`${file} is missing: delete the records`);
  });

  it('a folder in which no variant has finished', async () => {
    const begun = path.join(results, 'begun');
    mkdirSync(begun);
    copyFileSync(path.join(folder, 'plan.json'), path.join(begun, 'plan.json'));
    await expect(analyse(begun, { bases })).rejects.toThrow('no variant has finished with every seed yet');
  });
});
