import type { Random, Vector3 } from '@voxmim/core';

import { bent, ellipsoid, kidney, liver, type Region, tube, vessel } from './organ-shapes.js';

/** Classes of the phantom, background first; the index is the label. */
export const phantomClasses: readonly string[] = [
  'background',
  'liver',
  'spleen',
  'left kidney',
  'right kidney',
  'stomach',
  'aorta',
  'pancreas',
];

/** A piece of tissue. Points are RAS millimetres from the center of the abdomen. */
export interface Organ {
  readonly name: string;
  /** Index into {@link phantomClasses}; 0 for what is not to be found. */
  readonly label: number;
  readonly hu: number;
  /** Standard deviation of its texture. */
  readonly textureHu: number;
  readonly contains: Region;
}

/**
 * Draws one patient's tissues, outermost first: a later one covers an earlier one. One build factor
 * moves and scales everything, and each organ varies around that. The amount of contrast agent is common
 * to all organs of a patient and differs between patients, so that intensities of organs overlap.
 */
export function anatomy(random: Random): Organ[] {
  const patient = new Patient(random);
  return [
    ...body(patient),
    ...bowel(patient),
    ...spine(patient),
    ...viscera(patient),
    ...vessels(patient),
  ];
}

/** The draws that all organs of one patient share. */
class Patient {
  /** Scale of the whole body. */
  readonly build: number;
  /** How much contrast agent is in the blood; 1 on average. */
  readonly contrast: number;

  constructor(readonly random: Random) {
    this.build = 1 + 0.1 * this.deviation();
    this.contrast = 0.6 + 0.8 * random.uniform();
  }

  /** A normal number, kept within two standard deviations. */
  deviation(): number {
    return Math.min(Math.max(this.random.normal(), -2), 2);
  }

  /** A place near `center`, which is that of an average body. */
  place([x, y, z]: Vector3, spread: number): Vector3 {
    const along = (value: number) => value * this.build + spread * this.deviation();
    return [along(x), along(y), along(z)];
  }

  /** Radii around those of an average body: a common factor, and one for each axis. */
  radii([x, y, z]: Vector3): Vector3 {
    const common = this.build * (1 + 0.14 * this.deviation());
    const radius = (value: number) => value * common * (1 + 0.12 * this.deviation());
    return [radius(x), radius(y), radius(z)];
  }

  tissue(name: string, hu: number, textureHu: number, contains: Region): Organ {
    const label = Math.max(0, phantomClasses.indexOf(name));
    return { name, label, hu: hu + 8 * this.deviation(), textureHu, contains };
  }
}

function body(patient: Patient): Organ[] {
  const [x, y] = [140 * patient.build, 105 * patient.build];
  return [
    patient.tissue('skin', 10, 10, tube([0, 0, 0], [x, y])),
    patient.tissue('fat', -95, 12, tube([0, 0, 0], [x - 5, y - 5])),
    patient.tissue('muscle', 45, 12, tube([0, -2, 0], [x - 22, y - 18])),
    patient.tissue('cavity', -60, 30, tube([0, 8, 0], [x - 34, y - 34])),
  ];
}

/** Loops without a label that look like organs. */
function bowel(patient: Patient): Organ[] {
  const { random, build } = patient;
  return Array.from({ length: 9 }, () => {
    const center: Vector3 = [
      (random.uniform() - 0.5) * 150 * build,
      (10 + random.uniform() * 45) * build,
      (random.uniform() - 1) * 110 * build,
    ];
    const size = 12 + random.uniform() * 12;
    const length = size * (1 + random.uniform());
    const loop = ellipsoid(center, [length, size, size], random.uniform() * 3);
    return patient.tissue('bowel', 35 + random.uniform() * 60, 25, loop);
  });
}

function spine(patient: Patient): Organ[] {
  const center = patient.place([0, -62, 0], 3);
  const { build } = patient;
  return [
    patient.tissue('vertebra', 260, 90, tube(center, [21 * build, 17 * build])),
    patient.tissue('canal', 30, 5, tube([center[0], center[1] - 8, 0], [8, 7])),
  ];
}

function viscera(patient: Patient): Organ[] {
  const { contrast } = patient;
  const at = (center: Vector3, spread: number) => patient.place(center, spread);
  const size = (radii: Vector3) => patient.radii(radii);
  const tilt = (spread: number) => spread * patient.deviation();
  const spleen = ellipsoid(at([-82, -22, 42], 8), size([24, 36, 40]), tilt(0.5));
  const stomach = bent(at([-40, 30, 38], 10), size([40, 28, 34]), tilt(12));
  const pancreas = bent(at([-8, 2, 8], 7), size([46, 11, 13]), 10 + tilt(8));
  const left = kidney(at([-58, -36, -8], 8), size([22, 25, 42]), 1);
  const right = kidney(at([58, -36, -18], 8), size([22, 25, 42]), -1);
  return [
    patient.tissue('liver', 58 + 48 * contrast, 9, liver(at([52, 12, 38], 8), size([62, 56, 58]))),
    patient.tissue('spleen', 48 + 66 * contrast, 9, spleen),
    patient.tissue('stomach', 28 + 10 * contrast, 18, stomach),
    patient.tissue('pancreas', 42 + 48 * contrast, 14, pancreas),
    patient.tissue('left kidney', 34 + 130 * contrast, 16, left),
    patient.tissue('right kidney', 34 + 130 * contrast, 16, right),
  ];
}

function vessels(patient: Patient): Organ[] {
  const { build, contrast } = patient;
  const sway = () => 9 * patient.deviation();
  const width = 12 * build * (1 + 0.1 * patient.deviation());
  return [
    patient.tissue(
      'vena cava',
      42 + 85 * contrast,
      6,
      vessel(patient.place([20, -30, 0], 4), 11 * build, sway()),
    ),
    patient.tissue(
      'aorta',
      42 + 105 * contrast,
      6,
      vessel(patient.place([-8, -34, 0], 4), width, sway()),
    ),
  ];
}
