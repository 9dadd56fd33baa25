/**
 * A page to look at runs and volumes, on this machine alone or as files.
 *
 * @module
 */
export { contentFiles, type OpenViewOptions } from './content/content-files.js';
export { openView } from './content/open-view.js';
export { type ViewFile, viewFile, type ViewFiles } from './content/view-files.js';
export { writeView } from './content/write-view.js';
export { openBrowser } from './server/open-browser.js';
export { type ServedView, type ServeOptions, serveView } from './server/serve-view.js';
export type {
  CaseContent,
  PredictionContent,
  ViewContent,
  ViewedRunContent,
} from './view-content.js';
