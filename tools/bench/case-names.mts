/** What can be measured, and what each is. */
export const caseNames = {
  blocks: 'four blocks of ViT-B on 216 tokens, batch 2',
  mae: 'MAE with ViT-B/16 at 96³, batch 2',
  simmim: 'SimMIM with ViT-B/16 at 96³, batch 2',
  'mae-small': 'MAE of width 192 and depth 6 on 48 × 64 × 48, tokens of 8³, batch 8',
  'block-small':
    'one block of width 64 on 64 tokens, batch 2: milliseconds a step, for many repeats',
  unetr: 'UNETR with 14 classes at 96³, batch 1',
  'sliding-window': 'inference with that UNETR on 200 × 200 × 160',
} as const;

export type CaseName = keyof typeof caseNames;

/** Whether a text is the name of a case. */
export function isCaseName(text: string): text is CaseName {
  return Object.hasOwn(caseNames, text);
}
