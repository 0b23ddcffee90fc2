/** The claims, in the order of their numbers. */
import type { Claim } from '../claim.ts';
import { adaloraAblation } from './adaloraAblation.ts';
import { adaloraBudget } from './adaloraBudget.ts';
import { amplification } from './amplification.ts';
import { bothZero } from './bothZero.ts';
import { doraCost } from './doraCost.ts';
import { doraRank } from './doraRank.ts';
import { fourBitCodes } from './fourBitCodes.ts';
import { gradientsAtStart } from './gradientsAtStart.ts';
import { intrinsicDimension } from './intrinsicDimension.ts';
import { intruders } from './intruders.ts';
import { learnsLess } from './learnsLess.ts';
import { loraPlusSpeed } from './loraPlusSpeed.ts';
import { loraPlusTuned } from './loraPlusTuned.ts';
import { lowData } from './lowData.ts';
import { memoryArithmetic } from './memoryArithmetic.ts';
import { merge } from './merge.ts';
import { neededRank } from './neededRank.ts';
import { orthogonality } from './orthogonality.ts';
import { pissaStart } from './pissaStart.ts';
import { qloraQuality } from './qloraQuality.ts';
import { rankSaturation } from './rankSaturation.ts';
import { reversedInit } from './reversedInit.ts';
import { scaleOfRank } from './scaleOfRank.ts';
import { sharedDirections } from './sharedDirections.ts';
import { startVariance } from './startVariance.ts';
import { startsAtBase } from './startsAtBase.ts';
import { trainableMemory } from './trainableMemory.ts';
import { whichModules } from './whichModules.ts';

export const claims: readonly Claim[] = [
  startsAtBase,
  bothZero,
  gradientsAtStart,
  reversedInit,
  merge,
  rankSaturation,
  scaleOfRank,
  whichModules,
  adaloraAblation,
  adaloraBudget,
  orthogonality,
  loraPlusSpeed,
  loraPlusTuned,
  fourBitCodes,
  qloraQuality,
  doraRank,
  doraCost,
  learnsLess,
  sharedDirections,
  amplification,
  intruders,
  pissaStart,
  lowData,
  trainableMemory,
  intrinsicDimension,
  neededRank,
  startVariance,
  memoryArithmetic,
];
