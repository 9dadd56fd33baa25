import type { Affine } from './affine.js';
import type { Shape3 } from './shapes.js';

/** One patient or scan. */
export interface DatasetCase {
  readonly id: string;
  /** One path per channel, or one of all channels; a DICOM series is its folder. */
  readonly images: readonly string[];
  /** The DICOM series, where `images` is a folder of DICOM files. */
  readonly series?: DatasetSeries;
  readonly label?: string;
  /** Whose scan it is, where the data set tells: scans of one subject stay on one side of a split. */
  readonly subject?: string;
  /** What else a list says of the case, by column. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** Which DICOM series a case is. */
export interface DatasetSeries {
  readonly files: readonly string[];
  readonly number?: number;
  /** What the scanner's operator called it. */
  readonly description?: string;
  /** When it began, such as `14:05:59`. */
  readonly time?: string;
  /** What tells it apart from others of the same files, such as `echo 4.6`. */
  readonly phase?: string;
}

/** Case ids by what they are for. */
export interface CaseSplit {
  readonly train: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
  /** The training cases whose labels are used; without it all of them. */
  readonly labeled?: readonly string[] | undefined;
}

/** Names a random stream: what follows the seed in `createRandom`. */
export type RandomKey = readonly (string | number)[];

/** One augmented crop, named so that it is the same whoever draws it and when. */
export interface SampleRequest {
  readonly id: string;
  /** Of where the crop lies. */
  readonly crop: RandomKey;
  /** Moves the crop from there, so that two samples see nearly the same place. */
  readonly move?: CropMove;
  /** Of what is done to it. */
  readonly augment: RandomKey;
}

/** How a crop is moved at random. */
export interface CropMove {
  readonly key: RandomKey;
  /** Voxels that it moves by at most, either way. */
  readonly most: Shape3;
}

/** Where the voxels of a sample go. */
export interface SampleTarget {
  /** `[D, H, W, C]` of the crop */
  readonly voxels: Float32Array;
  /** `[D, H, W]`; 0 where the case has no labels */
  readonly labels?: Int32Array;
}

/** What is known of a sample beside its voxels. */
export interface DrawnSample {
  /** The case it came from: another than was asked for where that was skipped. */
  readonly id: string;
  readonly affine: Affine;
}

/** Draws augmented crops of prepared cases. */
export interface SampleSource {
  /** @throws what reading throws, unless that is skipped; `LOADING_FAILED` when a worker ended */
  draw(request: SampleRequest, target: SampleTarget): Promise<DrawnSample>;
  /** Sees to it that the cache has a case. @returns whether it was there already */
  ensureCached(id: string): Promise<boolean>;
  /** Ends workers; what is being drawn is lost. */
  close(): Promise<void>;
}
