/** What an experiment file, a notebook or a program may use. */
export { RequestError } from './errors.ts';
export { activeEngine, type EngineDescription, type EngineName, startEngine } from './tensor/engine.ts';
export { stream, type Stream } from './tensor/random.ts';
export { compose, methodOf } from './adapters/compose.ts';
export type * from './adapters/types.ts';
export { inspect, type Inspection } from './inspect/inspect.ts';
export { methodByName, type MethodFactory, methods } from './adapters/methods/index.ts';
export { adalora } from './adapters/methods/adalora.ts';
export { bitfit } from './adapters/methods/bitfit.ts';
export { dora } from './adapters/methods/dora.ts';
export { full, type FullOptions } from './adapters/methods/full.ts';
export { ia3 } from './adapters/methods/ia3.ts';
export { loha } from './adapters/methods/loha.ts';
export { lokr } from './adapters/methods/lokr.ts';
export { lora, type LoraOptions } from './adapters/methods/lora.ts';
export { loraFa } from './adapters/methods/loraFa.ts';
export { loraPlus } from './adapters/methods/loraPlus.ts';
export { qdora } from './adapters/methods/qdora.ts';
export { qlora } from './adapters/methods/qlora.ts';
export { randomSubspace } from './adapters/methods/randomSubspace.ts';
export { rslora } from './adapters/methods/rslora.ts';
export { svdLora, type SvdLoraOptions } from './adapters/methods/svdLora.ts';
export { vera } from './adapters/methods/vera.ts';
export * from './adapters/init/arms.ts';
export type { FactorInit, JointInit, SeparateInit } from './adapters/init/factorInit.ts';
export { gaussian } from './adapters/init/gaussian.ts';
export { kaimingUniform } from './adapters/init/kaimingUniform.ts';
export { zero } from './adapters/init/zero.ts';
export { float32 } from './adapters/storage/float32.ts';
export { dynamic8 } from './adapters/storage/dynamic8.ts';
export type { FourBitOptions } from './adapters/storage/fourBit.ts';
export { fp4 } from './adapters/storage/fp4.ts';
export { int8 } from './adapters/storage/int8.ts';
export { integer, type IntegerOptions } from './adapters/storage/integer.ts';
export { nf4 } from './adapters/storage/nf4.ts';
export { normalFloat, type NormalFloatOptions } from './adapters/storage/normalFloat.ts';
export { lowRank, type LowRankOptions } from './adapters/update/lowRank.ts';
export { svd, type SvdOptions } from './adapters/update/svd.ts';
export { dense } from './adapters/update/dense.ts';
export { mergedLinear, type MergedLinearOptions } from './adapters/update/mergedLinear.ts';
export { magnitude } from './adapters/rescale/magnitude.ts';
export { uniform } from './adapters/groups/uniform.ts';
export { fasterUp } from './adapters/groups/fasterUp.ts';
export { peftGroups } from './adapters/groups/peft.ts';
export { rankAllocator, type RankAllocatorOptions } from './adapters/control/rankAllocator.ts';
export type { ImportanceName } from './adapters/control/importance/index.ts';
export type { Importance, ImportanceRule } from './adapters/control/importance/importance.ts';
export { orthogonality, type OrthogonalityOptions } from './adapters/control/orthogonality.ts';
export { inverseGram } from './adapters/control/inverseGram.ts';
export { type MethodFor, onTargets } from './adapters/placement.ts';
export { type TargetNames, type Targets, targetSites } from './adapters/targets.ts';
export { adam } from './optim/adam.ts';
export { adamw } from './optim/adamw.ts';
export { transformersAdamw } from './optim/transformersAdamw.ts';
export { sgd } from './optim/sgd.ts';
export { openCheckpoint } from './checkpoint/folder.ts';
export { loadTokenizer } from './checkpoint/tokenizer.ts';
export { type Base, loadBase } from './train/base.ts';
export { createModel, type Initial, type Model } from './train/model.ts';
export { untiedBase } from './train/untiedBase.ts';
export { type Merged, mergeAdapters, mergedBase } from './train/merge.ts';
export { tokenBatch, type TokenBatch } from './blocks/tokenBatch.ts';
export { type QuantizationReport, quantizationReport, type QuantizedLayer } from './train/quantizationReport.ts';
export { randomWeights } from './train/randomWeights.ts';
export {
  type AboutAdapter,
  type AdapterFolder,
  loadAdapter,
  openAdapter,
  saveAdapter,
  type SavedAdapter,
} from './train/adapterFolder.ts';
export { type AdapterSet, loadAdapters } from './train/severalAdapters.ts';
export { combineAdapters, type NewAdapter, type WeightedAdapter } from './train/combineAdapters.ts';
export { convertToLora } from './train/convertToLora.ts';
export { extractAdapter, type Extracted, type ExtractOptions } from './train/extractAdapter.ts';
export type { Cutoff } from './tensor/leadingSvd.ts';
export { saveModel } from './train/saveModel.ts';
export { generate, type GenerateOptions, generateTokens } from './train/generate.ts';
export type { SamplingOptions } from './train/sampling.ts';
export { type Adapted, type AdaptPlan, adaptText } from './train/adaptText.ts';
export { baseScores, type TextScores, textScores } from './train/textScores.ts';
export { defaultTargets, type DefaultTargets } from './families/defaultTargets.ts';
export { encodeAll, type Sequence } from './data/encode.ts';
export { evaluationBatches, trainingBatches } from './data/batches.ts';
export { tokenizerFiles, vocabularySize } from './data/smallWorld/tokenizerFiles.ts';
export { writeWhole } from './atomicFile.ts';
export { type StepReport, startRun, train, type TrainPlan } from './train/trainer.ts';
export { evaluate, type EvaluationSet, evaluationSet } from './train/evaluate.ts';
export { dropoutMasks } from './train/dropout.ts';
export { type BaseSource, huggingFace, smallWorld, type SmallWorldOptions } from './experiment/base.ts';
export {
  defineExperiment,
  type Experiment,
  type ExperimentOptions,
  type QuickOptions,
} from './experiment/define.ts';
export type { Factors } from './experiment/factors.ts';
export type { MatchOptions } from './experiment/match.ts';
export type { SizedRecipe, VariantOptions } from './experiment/variant.ts';
export type { TrainOptions } from './experiment/trainOptions.ts';
export { analyse, type Analysed, type AnalyseOptions } from './experiment/analyse/analyse.ts';
export { runExperiment, type RunOptions, type RunResult } from './experiment/runner.ts';
export { type ReportFiles, writeReport } from './report/report.ts';
export { readStore } from './results/store.ts';
export { summarize, type Summary } from './results/summary.ts';
export type { Analysis } from './results/analysis.ts';
export { readAnalysis } from './results/analysisFile.ts';
export type { RunRecord } from './results/record.ts';
export type { Change } from './analysis/change.ts';
export { singularDirections } from './analysis/change.ts';
export { energyShare, singularSpectrum } from './analysis/singularSpectrum.ts';
export { effectiveRank, stableRank } from './analysis/effectiveRank.ts';
export { type Directions, directionsOf } from './analysis/directions.ts';
export { randomSimilarity, randomSimilarityInterval, subspaceSimilarity } from './analysis/subspaceSimilarity.ts';
export { type Amplification, amplification } from './analysis/amplification.ts';
export { intruderDimensions, largestCosines } from './analysis/intruderDimensions.ts';
export { magnitudeAndDirection } from './analysis/magnitudeAndDirection.ts';
export { orthogonalityError } from './analysis/orthogonality.ts';
export { intrinsicDimension } from './analysis/intrinsicDimension.ts';
export { predictedStartVariance, startVariance } from './analysis/startVariance.ts';
export { rankHeatMap } from './analysis/rankHeatMap.ts';
export { budgetCurve } from './analysis/budgetCurve.ts';
export { gradientNorms } from './analysis/gradientNorms.ts';
export { keptChange } from './analysis/keptChange.ts';
export { type Artefact, openArtefact } from './checkpoint/artefact.ts';
export { charts } from './report/charts.ts';
export type { Chart } from './report/chart.ts';
export { renderPng, renderSvg } from './report/render.ts';
export { sharedFolder } from './data/shared.ts';
export type * from './data/task.ts';
export { defineTask } from './data/task.ts';
export { e2e, type E2eOptions } from './data/e2e.ts';
export { tinyStories, type TinyStoriesOptions } from './data/tinyStories.ts';
export { sums, type SumsOptions } from './data/smallWorld/sums.ts';
export { programs, type ProgramsOptions } from './data/smallWorld/programs.ts';
