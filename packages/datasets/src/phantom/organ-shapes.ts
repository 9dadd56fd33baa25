import type { Vector3 } from '@voxmim/core';

/** Whether a point (RAS millimetres) lies inside. */
export type Region = (point: Vector3) => boolean;

/** An elliptic cylinder along the whole body. */
export function tube(center: Vector3, [radiusX, radiusY]: readonly [number, number]): Region {
  return ([x, y]) => ((x - center[0]) / radiusX) ** 2 + ((y - center[1]) / radiusY) ** 2 < 1;
}

/** An ellipsoid turned by `angle` radians about the axis of the body. */
export function ellipsoid(center: Vector3, radii: Vector3, angle: number): Region {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return ([x, y, z]) => {
    const [dx, dy] = [x - center[0], y - center[1]];
    const u = (cosine * dx + sine * dy) / radii[0];
    const v = (cosine * dy - sine * dx) / radii[1];
    return u * u + v * v + ((z - center[2]) / radii[2]) ** 2 < 1;
  };
}

/** An ellipsoid with a lobe to the left, flat towards the back. */
export function liver(center: Vector3, radii: Vector3): Region {
  const main = ellipsoid(center, radii, 0.25);
  const lobe = ellipsoid(
    [center[0] - radii[0] * 0.85, center[1] + radii[1] * 0.25, center[2] + radii[2] * 0.15],
    [radii[0] * 0.7, radii[1] * 0.5, radii[2] * 0.5],
    -0.2,
  );
  return (point) => (main(point) && point[1] > -55) || lobe(point);
}

/** An ellipsoid whose ends are bent down by `bend` millimetres, and one of them forward. */
export function bent(center: Vector3, radii: Vector3, bend: number): Region {
  const straight = ellipsoid([0, 0, 0], radii, 0);
  return ([x, y, z]) => {
    const along = (x - center[0]) / radii[0];
    const across = y - center[1] - bend * along;
    return straight([x - center[0], across, z - center[2] + bend * along * along]);
  };
}

/** An ellipsoid with a notch; `side` is 1 where the notch points right. */
export function kidney(center: Vector3, radii: Vector3, side: 1 | -1): Region {
  const whole = ellipsoid(center, radii, side * 0.4);
  const notch = ellipsoid(
    [center[0] + side * radii[0] * 0.9, center[1] + radii[1] * 0.25, center[2]],
    [radii[0] * 0.6, radii[1] * 0.4, radii[2] * 0.3],
    0,
  );
  return (point) => whole(point) && !notch(point);
}

/** A round vessel along the body that winds by `sway` millimetres. */
export function vessel(center: Vector3, radius: number, sway: number): Region {
  return ([x, y, z]) => {
    const middle = center[0] + sway * Math.sin(z / 60);
    return (x - middle) ** 2 + (y - center[1] - 0.04 * z) ** 2 < radius * radius;
  };
}
