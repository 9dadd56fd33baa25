/** How often a balanced crop is centered on an organ. */
export interface CropBalance {
  /** Weight of crops centered on a voxel of any class but background. */
  readonly positive: number;
  /** Weight of crops centered on background within the body. */
  readonly negative: number;
}

/** How often a class-balanced crop is centered on each class. */
export interface ClassBalance {
  /** Of each class, background first; all alike without it. Classes beyond its end have none. */
  readonly ratios?: readonly number[];
}
