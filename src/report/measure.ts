/** Something that was measured or counted of every variant at its best rate: an axis that a reader may choose. */
export interface Measure {
  /** Stable, for addresses: `learn.lossNats`, `trainableParameters`. */
  key: string;
  label: string;
  /** Empty where it has none. */
  unit: string;
  better: 'lower' | 'higher';
  values: MeasureValue[];
}

/** The mean over seeds with the bounds of its 95 % interval: the mean itself for one seed, and for what is counted. */
export interface MeasureValue {
  variant: string;
  mean: number;
  low: number;
  high: number;
}
