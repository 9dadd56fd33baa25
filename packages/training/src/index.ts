/**
 * AdamW, schedules, training loops, checkpoints with exact resume, weight transfer and logging.
 *
 * @module
 */
export {};
