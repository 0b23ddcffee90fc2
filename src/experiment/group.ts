/** Does the runs of one group, all lanes together: evaluates, trains, saves, evaluates, and gives one record per run. */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { messageOf, RequestError } from '../errors.ts';
import type { RunRecord } from '../results/record.ts';
import type { Environment } from '../results/record/environment.ts';
import type { Scores } from '../results/record/measured.ts';
import { evaluate } from '../train/evaluate.ts';
import type { Model } from '../train/model.ts';
import { type Run, train } from '../train/trainer.ts';
import { derivedOf } from './derived.ts';
import { historyEvery } from './history.ts';
import { type GroupLog, metricsOf, newLog, ranksOf } from './groupLog.ts';
import type { Group } from './groups.ts';
import { groupModel, groupRun, variantOf } from './groupRun.ts';
import { restoreState, saveState, type StateKey } from './groupState.ts';
import { type GroupWork, groupWork } from './groupWork.ts';
import { keepRuns } from './keep.ts';
import type { Material } from './material.ts';
import { type Final, recordsOf } from './records.ts';
import { scoresOf, testScores } from './testScores.ts';
import type { TrainSettings } from './trainOptions.ts';

export interface GroupOptions {
  readonly environment: Environment;
  /** Where the group's state is saved when it is stopped, and from where it goes on; null: nowhere. */
  readonly stateFile: string | null;
  /** That of the experiment, for what is kept of its runs; null: nothing is. */
  readonly folder: string | null;
  /** Aborted to stop: the group saves its state at the next chance. */
  readonly signal: AbortSignal;
  /** Hears the share of the work that is done, from 0 to 1; first, how much was done before. */
  readonly onProgress: (share: number) => void;
  /** Seconds between two savings, so that a process that is killed loses no more. */
  readonly saveEverySeconds?: number;
}

/**
 * The records of the group's runs, or null if it was stopped (its state is then in the file). What goes wrong in a run makes
 * records that say so; a RequestError, and what the file system says when a state cannot be written, is thrown.
 */
export async function runGroup(group: Group, material: Material, options: GroupOptions): Promise<RunRecord[] | null> {
  const { environment, signal, stateFile, folder, saveEverySeconds } = options;
  const key = { group, environment };
  let model: Model | null = null;
  let run: Run | null = null;
  let log = newLog(group.runs.length);
  let before: Scores | null = null;
  try {
    model = groupModel(group, material);
    run = groupRun(group, model, material);
    log = (stateFile === null ? null : restoreState(stateFile, key, run)) ?? log;
    const { train: settings, method } = variantOf(group, material);
    const work = groupWork(settings, material, options.onProgress);
    work.restore(run.step, log);
    before = await material.before(method.storage, signal);
    const going: Going = { run, log, settings, material, work, signal };
    const keep = (): void => {
      if (folder !== null) keepRuns(material.experiment.keep, folder, group, going.run);
    };
    await trainGroup(going, { stateFile, key, keep, saveEverySeconds });
    const final = await finalScores(going);
    return recordsOf(group, { ...measuredBy(group, run, log), environment, before, final, error: null });
  } catch (error) {
    if (signal.aborted) {
      if (run && stateFile !== null) saveState(stateFile, key, run, log);
      return null;
    }
    if (error instanceof RequestError || isFromFileSystem(error)) throw error;
    const measured = run ? measuredBy(group, run, log) : { log, derived: null, rankSites: [] };
    return recordsOf(group, { ...measured, environment, before, final: null, error: messageOf(error) });
  } finally {
    run?.dispose();
    model?.dispose();
  }
}

interface SaveOptions {
  readonly stateFile: string | null;
  readonly key: StateKey;
  /** After an evaluation. */
  readonly keep: () => void;
  readonly saveEverySeconds?: number;
}

/** A group on its way. */
interface Going {
  readonly run: Run;
  readonly log: GroupLog;
  readonly settings: TrainSettings;
  readonly material: Material;
  readonly work: GroupWork;
  readonly signal: AbortSignal;
}

/** To the last step, or until no run is alive. The event loop has its turn after every step. */
async function trainGroup(going: Going, { stateFile, key, keep, saveEverySeconds = 60 }: SaveOptions): Promise<void> {
  const { run, log, settings, work, signal } = going;
  const { steps, evaluateEvery } = settings;
  const { model } = run;
  const rankEvery = historyEvery(steps);
  let savedAt = performance.now();
  const reports = train(run);
  for (;;) {
    const due = run.step % evaluateEvery === 0 || run.step === steps;
    if (due && log.evaluations.at(-1)?.step !== run.step) {
      await evaluateGroup(going);
      keep();
    }
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
    work.step();
    if (stateFile !== null && performance.now() - savedAt > saveEverySeconds * 1000) {
      saveState(stateFile, key, run, log);
      savedAt = performance.now();
    }
    await setImmediate();
  }
}

/** On validation data. Nothing is logged if the signal ends it. */
async function evaluateGroup(going: Going): Promise<void> {
  const { run, log, material } = going;
  const began = performance.now();
  const learn = await evaluate(run.model, material.learn.validation, between(going));
  const retain = await evaluate(run.model, material.retain.validation, between(going));
  log.evaluateSeconds += (performance.now() - began) / 1000;
  log.evaluations.push({ step: run.step, learn, retain });
}

/** Validation scores are those of the last evaluation. Null where no run reached the end. */
async function finalScores(going: Going): Promise<Final[] | null> {
  const { run, log, material } = going;
  const last = log.evaluations.at(-1);
  if (last?.step !== going.settings.steps) return null;
  const began = performance.now();
  const lanes = await testScores(run.model, material, between(going));
  log.evaluateSeconds += (performance.now() - began) / 1000;
  return lanes.map((scores, lane) => ({
    scores: scoresOf(last.learn[lane]!, scores, metricsOf),
    samples: scores.samples,
  }));
}

/** Between two batches of an evaluation. */
function between({ work, signal }: Going): (tokens: number) => void {
  return (tokens) => {
    work.read(tokens);
    signal.throwIfAborted();
  };
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
