import { describe, expect, test } from 'vitest';
import { asIs } from '../../src/adapters/files/storedTensor.ts';
import { comparableDifference } from '../../src/parity/compareRun.ts';
import { mergedReference } from '../../src/parity/mergedReference.ts';
import type { RecordedRun } from '../../src/parity/runCase.ts';

describe('the rows that a run calls incomparable', () => {
  const stored = asIs('base_model.model.a.lora_magnitude_vector', [3, 2]);
  const recorded = Float32Array.of(1, 2, 3, 4, 5, 6);
  const got = Float32Array.of(1, 2, 30, 40, 5, 6.5);

  test('are left out of the largest difference, and no others', () => {
    const incomparable = [{ endsWith: 'lora_magnitude_vector', from: 1, to: 2 }];
    expect(comparableDifference({ incomparable }, stored, got, recorded)).toBe(0.5);
    expect(comparableDifference({}, stored, got, recorded)).toBe(36);
    expect(comparableDifference({ incomparable: [{ ...incomparable[0], endsWith: 'b' }] }, stored, got, recorded)).toBe(
      36,
    );
  });

  test('do not hide that there are too few numbers', () => {
    const incomparable = [{ endsWith: 'vector', from: 0, to: 3 }];
    expect(comparableDifference({ incomparable }, stored, got.subarray(0, 4), recorded)).toBe(Infinity);
  });
});

describe('what a merge is compared with', () => {
  const reference = (
    tied: boolean,
    target: string,
    reloadMaxAbsDiff?: number,
    keys = ['logits_merged', 'logits_final'],
  ): string | undefined => {
    const recorded = { run: { tolerance: { logitsFinal: 1e-4 } }, expected: { reloadMaxAbsDiff } } as RecordedRun;
    const names = tied ? ['embed_tokens', 'lm_head'] : [];
    return mergedReference([{ name: target }], recorded, names, (name) => keys.includes(name));
  };

  test("is PEFT's merge, of a 4-bit base the one that was not rounded again", () => {
    expect(reference(false, 'embed_tokens')).toBe('logits_merged');
    expect(reference(true, 'q_proj', 1e-6)).toBe('logits_merged');
    expect(reference(true, 'q_proj', 0, ['logits_merged', 'logits_merged_dequantised'])).toBe(
      'logits_merged_dequantised',
    );
    expect(reference(true, 'q_proj', 0, [])).toBeUndefined();
  });

  test("is the trained model where PEFT's merge is another", () => {
    expect(reference(true, 'embed_tokens')).toBe('logits_final');
    expect(reference(true, 'lm_head')).toBe('logits_final');
    expect(reference(true, 'lm_head', 0, ['logits_merged', 'logits_merged_untied'])).toBe('logits_merged_untied');
    expect(reference(false, 'lm_head')).toBe('logits_merged');
    expect(reference(false, 'q_proj', 2e-4)).toBe('logits_final');
  });
});
