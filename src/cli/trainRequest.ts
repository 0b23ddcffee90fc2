/** What `train` is asked for, checked as far as can be without an engine. Nothing is written. */
import type { HeldOut } from '../data/text/holdOut.ts';
import { holdOut } from '../data/text/holdOut.ts';
import { type TrainSettings, trainSettings } from '../experiment/trainOptions.ts';
import { inspect, type Inspection } from '../inspect/inspect.ts';
import { type MethodRequest, type Requested, requested } from '../inspect/request.ts';
import type { ScheduleType } from '../optim/schedule.ts';
import type { AdaptPlan } from '../train/adaptText.ts';
import { type DataArguments, readSequences, sequenceLength } from './dataOptions.ts';
import { defaultLearningRate } from './learningRates.ts';
import type { LanguageModel } from './ownModel.ts';

export interface TrainArguments extends MethodRequest, DataArguments {
  readonly model?: string;
  readonly out: string;
  readonly steps: number;
  readonly batch: number;
  readonly learningRate?: number;
  readonly schedule: ScheduleType;
  readonly warmup?: number;
  readonly weightDecay: number;
  readonly validation: number;
  readonly seed: number;
  readonly recompute?: boolean;
  readonly overwrite?: boolean;
  readonly engine?: string;
  readonly json?: boolean;
}

export interface TrainRequest {
  readonly given: TrainArguments;
  readonly own: LanguageModel;
  readonly asked: Requested;
  readonly inspection: Inspection;
  /** Tokens of a sequence at most. */
  readonly sequence: number;
  readonly data: HeldOut;
  readonly settings: TrainSettings;
  readonly plan: AdaptPlan;
  /** What can be done but is worth a second look. */
  readonly warnings: readonly string[];
}

/** A RequestError names the first thing that cannot be. */
export function trainRequest(given: TrainArguments, own: LanguageModel): TrainRequest {
  const { steps, batch, seed, schedule: type, weightDecay } = given;
  const warmupSteps = given.warmup ?? Math.floor(steps / 20);
  const learningRate = given.learningRate ?? defaultLearningRate(given.method);
  const settings = trainSettings({
    steps,
    batch,
    learningRates: [learningRate],
    weightDecay,
    schedule: { type, warmupSteps },
    recompute: given.recompute ?? false,
  });
  const asked = requested(own, given);
  const sequence = sequenceLength(given, own);
  const inspection = inspect(own.architecture, asked.method.storage, asked.methodFor, { batch, sequence });
  const warnings = [...inspection.warnings];
  const data = holdOut(
    readSequences(given, own, (message) => void warnings.push(message)),
    given.validation,
    seed,
  );
  const { optimizer, schedule, maxGradientNorm } = settings;
  const plan = { ...data, steps, batch, seed, optimizer, schedule, learningRate, weightDecay, maxGradientNorm };
  return { given, own, asked, inspection, sequence, data, settings, plan, warnings };
}
