import { encodePng, type Raster } from './picture/raster.js';
import type { ReportPicture } from './report-content.js';

/** A picture for a report. */
export function reportPicture(raster: Raster, alt: string): ReportPicture {
  const png = Buffer.from(encodePng(raster)).toString('base64');
  return { png, width: raster.width, height: raster.height, alt };
}
