import type { Random, Vector3 } from '@voxmim/core';

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
  contains(point: Vector3): boolean;
}

/** One patient's tissues, outermost first, and the intensity of fat. */
export interface Anatomy {
  readonly organs: readonly Organ[];
  readonly fatHu: number;
}

/**
 * Draws a patient. One build factor moves and scales everything; each organ varies around that.
 * Intensities of parenchymal organs overlap between patients, and the phase of contrast is common to
 * all organs of one.
 */
export function anatomy(random: Random): Anatomy {
  const build = 1 + 0.1 * clipped(random);
  const contrast = 20 + 25 * random.uniform();
  const jitter = (size: number) => size * clipped(random);
  const around = ([x, y, z]: Vector3, size: number): Vector3 => [
    x * build + jitter(size),
    y * build + jitter(size),
    z * build + jitter(size),
  ];
  const sized = ([x, y, z]: Vector3): Vector3 => {
    const common = build * (1 + 0.14 * clipped(random));
    const radius = (value: number) => value * common * (1 + 0.12 * clipped(random));
    return [radius(x), radius(y), radius(z)];
  };
  const tissue = (
    name: string,
    hu: number,
    textureHu: number,
    shape: Organ['contains'],
  ): Organ => ({
    name,
    label: Math.max(0, phantomClasses.indexOf(name)),
    hu: hu + jitter(8),
    textureHu,
    contains: shape,
  });
  const torso: Vector3 = [140 * build, 105 * build, 400];
  const spine = around([0, -62, 0], 3);
  const organs = [
    tissue('skin', 10, 10, tube([0, 0, 0], torso)),
    tissue('fat', -95, 12, tube([0, 0, 0], [torso[0] - 5, torso[1] - 5, 400])),
    tissue('muscle', 45, 12, tube([0, -2, 0], [torso[0] - 22, torso[1] - 18, 400])),
    tissue('cavity', -60, 30, tube([0, 8, 0], [torso[0] - 34, torso[1] - 34, 400])),
    ...bowel(random, build, tissue),
    tissue('vertebra', 260, 90, tube(spine, [21 * build, 17 * build, 400])),
    tissue('canal', 30, 5, tube([spine[0], spine[1] - 8, 0], [8, 7, 400])),
    tissue('liver', 62 + contrast, 9, liver(around([52, 12, 38], 8), sized([62, 56, 58]))),
    tissue(
      'spleen',
      64 + contrast,
      9,
      ellipsoid(around([-82, -22, 42], 8), sized([24, 36, 40]), jitter(0.5)),
    ),
    tissue(
      'stomach',
      32 + 0.3 * contrast,
      18,
      bent(around([-40, 30, 38], 10), sized([40, 28, 34]), jitter(12)),
    ),
    tissue(
      'pancreas',
      48 + 0.7 * contrast,
      14,
      bent(around([-8, 2, 8], 7), sized([46, 11, 13]), 10 + jitter(8)),
    ),
    tissue(
      'left kidney',
      70 + 1.2 * contrast,
      16,
      kidney(around([-58, -36, -8], 8), sized([22, 25, 42]), 1),
    ),
    tissue(
      'right kidney',
      70 + 1.2 * contrast,
      16,
      kidney(around([58, -36, -18], 8), sized([22, 25, 42]), -1),
    ),
    tissue(
      'vena cava',
      60 + 1.1 * contrast,
      6,
      vessel(around([20, -30, 0], 4), 11 * build, jitter(9)),
    ),
    tissue(
      'aorta',
      75 + 1.8 * contrast,
      6,
      vessel(around([-8, -34, 0], 4), 12 * build * (1 + 0.1 * clipped(random)), jitter(9)),
    ),
  ];
  return { organs, fatHu: -95 + jitter(10) };
}

/** Loops without a label that look like organs. */
function bowel(
  random: Random,
  build: number,
  tissue: (name: string, hu: number, textureHu: number, shape: Organ['contains']) => Organ,
): Organ[] {
  return Array.from({ length: 9 }, () => {
    const place: Vector3 = [
      (random.uniform() - 0.5) * 150 * build,
      (10 + random.uniform() * 45) * build,
      (-110 + random.uniform() * 110) * build,
    ];
    const size = 12 + random.uniform() * 12;
    const stretch = 1 + random.uniform();
    return tissue(
      'bowel',
      35 + random.uniform() * 60,
      25,
      ellipsoid(place, [size * stretch, size, size], random.uniform() * 3),
    );
  });
}

type Contains = Organ['contains'];

/** An elliptic cylinder along the body; the third radius limits its length. */
function tube(center: Vector3, [radiusX, radiusY, length]: Vector3): Contains {
  return ([x, y, z]) =>
    ((x - center[0]) / radiusX) ** 2 + ((y - center[1]) / radiusY) ** 2 < 1 &&
    Math.abs(z - center[2]) < length;
}

/** An ellipsoid turned by `angle` radians about the body's axis. */
function ellipsoid(center: Vector3, radii: Vector3, angle: number): Contains {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return ([x, y, z]) => {
    const [dx, dy] = [x - center[0], y - center[1]];
    const u = (cosine * dx + sine * dy) / radii[0];
    const v = (cosine * dy - sine * dx) / radii[1];
    return u * u + v * v + ((z - center[2]) / radii[2]) ** 2 < 1;
  };
}

/** An ellipsoid whose left end is flattened into a lobe, below a dome. */
function liver(center: Vector3, radii: Vector3): Contains {
  const main = ellipsoid(center, radii, 0.25);
  const lobe = ellipsoid(
    [center[0] - radii[0] * 0.85, center[1] + radii[1] * 0.25, center[2] + radii[2] * 0.15],
    [radii[0] * 0.7, radii[1] * 0.5, radii[2] * 0.5],
    -0.2,
  );
  return (point) => (main(point) && point[1] > -55) || lobe(point);
}

/** An ellipsoid bent upwards at its ends by `bend` millimetres. */
function bent(center: Vector3, radii: Vector3, bend: number): Contains {
  const straight = ellipsoid([0, 0, 0], radii, 0);
  return ([x, y, z]) => {
    const along = (x - center[0]) / radii[0];
    return straight([
      x - center[0],
      y - center[1] - bend * along,
      z - center[2] + bend * along * along,
    ]);
  };
}

/** An ellipsoid with a notch on the side of the spine. */
function kidney(center: Vector3, radii: Vector3, side: 1 | -1): Contains {
  const whole = ellipsoid(center, radii, side * 0.4);
  const notch = ellipsoid(
    [center[0] + side * radii[0] * 0.9, center[1] + radii[1] * 0.25, center[2]],
    [radii[0] * 0.6, radii[1] * 0.4, radii[2] * 0.3],
    0,
  );
  return (point) => whole(point) && !notch(point);
}

/** A winding vessel along the body. */
function vessel(center: Vector3, radius: number, sway: number): Contains {
  return ([x, y, z]) => {
    const middle = center[0] + sway * Math.sin(z / 60);
    return (x - middle) ** 2 + (y - center[1] - 0.04 * z) ** 2 < radius * radius;
  };
}

/** A normal number, kept within two standard deviations. */
function clipped(random: Random): number {
  return Math.min(Math.max(random.normal(), -2), 2);
}
