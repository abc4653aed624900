/**
 * What is not needed up to the first question: fetched once that question is there, so that it is at hand when the
 * network is gone by the time of the summary.
 */
export { Aids } from "./components/aids.js";
export { dataView, receiptView } from "./components/data-view.js";
export { summaryContent } from "./components/summary.js";
export { SummaryPage } from "./components/summary-page.js";
export { checkSettings } from "./platform/check-settings.js";
export { text } from "./text/en-GB.extras.js";
