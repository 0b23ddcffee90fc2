/** Does the runs of one group, all lanes together: evaluates, trains, saves, evaluates, and gives one record per run. */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { RequestError } from '../errors.ts';
import type { RunRecord } from '../results/record.ts';
import type { Environment } from '../results/record/environment.ts';
import type { Measured, Scores } from '../results/record/measured.ts';
import { dropoutMasks } from '../train/dropout.ts';
import { evaluate, type EvaluationSet, type LaneMetrics } from '../train/evaluate.ts';
import { createModel, type Model } from '../train/model.ts';
import { type Run, startRun, train } from '../train/trainer.ts';
import { derivedOf } from './derived.ts';
import { type GroupLog, metricsOf, newLog, ranksOf } from './groupLog.ts';
import type { Group } from './groups.ts';
import { restoreState, saveState } from './groupState.ts';
import { laneBatches } from './laneBatches.ts';
import type { Material } from './material.ts';
import { recordsOf } from './records.ts';
import { methodFor } from './variantSites.ts';

export interface GroupOptions {
  readonly environment: Environment;
  /** Where the group's state is saved when it is stopped, and from where it goes on. */
  readonly stateFile: string;
  /** Aborted to stop: the group saves its state at the next chance. */
  readonly signal: AbortSignal;
  /** Hears how many steps are done. */
  readonly onStep: (step: number) => void;
  /** Seconds between two savings, so that a process that is killed loses no more. */
  readonly saveEverySeconds?: number;
}

/**
 * The records of the group's runs, or null if it was stopped (its state is then in the file). What goes wrong in a run makes
 * records that say so; a RequestError, and what the file system says when a state cannot be written, is thrown.
 */
export async function runGroup(group: Group, material: Material, options: GroupOptions): Promise<RunRecord[] | null> {
  const { environment, signal, stateFile } = options;
  const key = { group, engine: environment.engine };
  let model: Model | null = null;
  let run: Run | null = null;
  let log = newLog(group.runs.length);
  let before: Scores | null = null;
  try {
    const { storage } = variantOf(group, material).method;
    before = await material.before(storage, signal);
    model = groupModel(group, material);
    run = groupRun(group, model, material);
    log = restoreState(stateFile, key, run) ?? log;
    await trainGroup(run, log, material, options, (at) => saveState(stateFile, key, at, log));
    const final = await finalScores(model, log, material, signal);
    return recordsOf(group, { ...measuredBy(group, run, log), environment, before, final, error: null });
  } catch (error) {
    if (signal.aborted) {
      if (run) saveState(stateFile, key, run, log);
      return null;
    }
    if (error instanceof RequestError || isFromFileSystem(error)) throw error;
    const measured = run ? measuredBy(group, run, log) : { log, derived: null, rankSites: [] };
    return recordsOf(group, { ...measured, environment, before, final: null, error: textOf(error) });
  } finally {
    run?.dispose();
    model?.dispose();
  }
}

const variantOf = ({ variant }: Group, { experiment }: Material): Material['experiment']['variants'][number] =>
  experiment.variants.find(({ name }) => name === variant)!;

function groupModel(group: Group, material: Material): Model {
  const variant = variantOf(group, material);
  const base = material.base(variant.method.storage);
  return createModel(base, {
    seeds: group.runs.map(({ seed }) => seed),
    methodFor: methodFor(variant, base.sites),
    steps: material.experiment.train.steps,
  });
}

function groupRun({ runs }: Group, model: Model, { experiment, training }: Material): Run {
  const { steps, batch, accumulation: parts, optimizer, schedule, weightDecay, maxGradientNorm } = experiment.train;
  const seeds = runs.map(({ seed }) => seed);
  return startRun(model, {
    steps,
    parts,
    batch: laneBatches(training, { seeds, rows: batch / parts, parts }),
    optimizer,
    schedule,
    learningRates: runs.map(({ learningRate }) => learningRate),
    weightDecay,
    maxGradientNorm,
    masks: dropoutMasks(seeds),
  });
}

/** To the last step, or until no run is alive. The event loop has its turn after every step. */
async function trainGroup(
  run: Run,
  log: GroupLog,
  material: Material,
  { signal, onStep, saveEverySeconds = 60 }: GroupOptions,
  save: (run: Run) => void,
): Promise<void> {
  const { steps, evaluateEvery } = material.experiment.train;
  const { model } = run;
  const rankEvery = Math.ceil(steps / 50);
  let savedAt = performance.now();
  const reports = train(run);
  onStep(run.step);
  for (;;) {
    const due = run.step % evaluateEvery === 0 || run.step === steps;
    if (due && log.evaluations.at(-1)?.step !== run.step) await evaluateGroup(model, run.step, log, material, signal);
    if ((run.step % rankEvery === 0 || run.step === steps) && log.ranks.at(-1)?.step !== run.step) {
      const ranks = ranksOf(model.controls, run.step, model.arena.lanes);
      if (ranks) log.ranks.push(ranks);
    }
    signal.throwIfAborted();
    const began = performance.now();
    const next = reports.next();
    if (next.done) return;
    log.trainSeconds += (performance.now() - began) / 1000;
    log.reports.push(next.value);
    log.activationBytes = Math.max(log.activationBytes, model.activationBytes);
    run.alive.forEach((alive, lane) => {
      if (!alive) log.divergedAt[lane] ??= run.step;
    });
    onStep(run.step);
    if (performance.now() - savedAt > saveEverySeconds * 1000) {
      save(run);
      savedAt = performance.now();
    }
    await setImmediate();
  }
}

/** On validation data. Nothing is logged if the signal ends it. */
async function evaluateGroup(
  model: Model,
  step: number,
  log: GroupLog,
  { learn, retain }: Material,
  signal: AbortSignal,
): Promise<void> {
  const began = performance.now();
  const target = await evaluate(model, learn.validation, signal);
  const source = await evaluate(model, retain.validation, signal);
  log.evaluateSeconds += (performance.now() - began) / 1000;
  log.evaluations.push({ step, learn: target, retain: source });
}

/** Validation scores are those of the last evaluation. Null where no run reached the end. */
async function finalScores(
  model: Model,
  log: GroupLog,
  { learn, retain, experiment }: Material,
  signal: AbortSignal,
): Promise<Scores<Measured>[] | null> {
  const last = log.evaluations.at(-1);
  if (last?.step !== experiment.train.steps) return null;
  const began = performance.now();
  const test = (set: EvaluationSet): Promise<LaneMetrics[]> => evaluate(model, set, signal);
  const target = await test(learn.test);
  const source = await test(retain.test);
  log.evaluateSeconds += (performance.now() - began) / 1000;
  return target.map((metrics, lane) => ({
    learn: { validation: metricsOf(last.learn[lane]!), test: metricsOf(metrics) },
    retain: { test: metricsOf(source[lane]!) },
  }));
}

/** What a run has come to, whether it is finished or not. */
function measuredBy(
  group: Group,
  { model, optimizer }: Run,
  log: GroupLog,
): Pick<Parameters<typeof recordsOf>[1], 'log' | 'derived' | 'rankSites'> {
  const { activationBytes } = log;
  return {
    log,
    derived: group.runs.map((run) => derivedOf({ model, optimizer, run, activationBytes })),
    rankSites: model.controls.flatMap((control) => (control.budget(0) === null ? [] : control.sites)),
  };
}

/** A full disk, no permission: not the run's fault, and the next run would meet it too. */
const isFromFileSystem = (error: unknown): boolean => (error as NodeJS.ErrnoException | null)?.syscall !== undefined;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
