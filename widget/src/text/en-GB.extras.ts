import { msg, str } from "@lit/localize";

import type { SummaryFile } from "../transport/contract.js";
import { text as first } from "./en-GB.js";

/** The words of what is fetched after the first question (see `extras.ts`), beside those that are there already. */
export const text = {
  ...first,

  summary: () => msg("Your summary", { id: "summary" }),
  summaryLoading: () => msg("Getting your summary…", { id: "summary-loading" }),
  summaryFailed: () =>
    msg("The summary cannot be reached just now. Try again in a moment.", { id: "summary-failed" }),
  summaryStarted: (date: string) => msg(str`Started ${date}`, { id: "summary-started" }),
  summaryAbout: () => msg("About", { id: "summary-about" }),
  summaryCondition: () => msg("Condition", { id: "summary-condition" }),
  summaryTreatment: () => msg("Recent treatment", { id: "summary-treatment" }),
  summaryPresent: () => msg("Noted", { id: "summary-present" }),
  summaryRedFlags: () => msg("Needs help at once", { id: "summary-red-flags" }),
  summaryNotSure: () => msg("Not sure about", { id: "summary-not-sure" }),
  summaryNotAnswered: () => msg("Not answered", { id: "summary-not-answered" }),
  summaryPast: () => msg("In the past, not now", { id: "summary-past" }),
  summaryAbsent: () => msg("Not noticed", { id: "summary-absent" }),
  summaryTemperatures: () => msg("Temperature", { id: "summary-temperatures" }),
  summaryMedicines: () => msg("Medicines that can hide a fever", { id: "summary-medicines" }),
  summaryWorry: () => msg("How worried", { id: "summary-worry" }),
  summaryNotes: () => msg("In your own words", { id: "summary-notes" }),
  summaryNothing: () => msg("Nothing is noted so far.", { id: "summary-nothing" }),
  summaryNotDiagnosis: () =>
    msg("This is a list of what was said in the chat. It is not a diagnosis.", { id: "summary-not-diagnosis" }),
  since: () => msg("Since:", { id: "since" }),
  change: () => msg("Change:", { id: "change" }),
  celsius: (value: string) => msg(str`${value} °C`, { id: "celsius" }),
  fahrenheit: (fahrenheit: string, celsius: string) =>
    msg(str`${fahrenheit} °F (${celsius} °C)`, { id: "fahrenheit" }),
  print: () => msg("Print", { id: "print" }),
  saveAs: () => msg("Save a copy", { id: "save-as" }),
  file: (kind: SummaryFile): string => {
    switch (kind) {
      case "txt":
        return msg("Text (.txt)", { id: "file-txt" });
      case "pdf":
        return msg("PDF (.pdf)", { id: "file-pdf" });
      case "ics":
        return msg("Monthly reminder for your calendar (.ics)", { id: "file-ics" });
      case "fhir.json":
        return msg("For health record systems (.fhir.json)", { id: "file-fhir" });
    }
  },
  fileName: (kind: SummaryFile) =>
    kind === "ics"
      ? msg("reminder", { id: "file-name-reminder" })
      : msg("summary", { id: "file-name-summary" }),

  timeline: () => msg("When it began", { id: "timeline" }),
  timelineDay: () => msg("A dot is a day.", { id: "timeline-day" }),
  timelineSpan: () => msg("A bar means some time in that span.", { id: "timeline-span" }),
  timelineBefore: () => msg("An arrow means longer ago.", { id: "timeline-before" }),
  timelineUnknown: () => msg("Not known when", { id: "timeline-unknown" }),
  onDay: (day: string) => msg(str`On ${day}`, { id: "on-day" }),
  inSpan: (span: string) => msg(str`Some time in ${span}`, { id: "in-span" }),
  beforeDay: (day: string) => msg(str`On or before ${day}`, { id: "before-day" }),
  told: (when: string) => msg(str`Told ${when}`, { id: "told" }),

  copy: () => msg("Copy as text", { id: "copy" }),
  copyHelp: () => msg("To put into an email or a message.", { id: "copy-help" }),
  copied: () => msg("The summary is copied. You can now put it into an email or a message.", { id: "copied" }),
  copyBlocked: () =>
    msg("The browser did not let us copy. The words stand below, marked for you to copy.", { id: "copy-blocked" }),
  copyByHand: () => msg("Your summary as text", { id: "copy-by-hand" }),
  printHelp: () => msg("On paper, with the picture.", { id: "print-help" }),
  fileHelp: (kind: SummaryFile): string => {
    switch (kind) {
      case "txt":
        return msg("To keep, or to send with an email.", { id: "file-txt-help" });
      case "pdf":
        return msg("To show to your care team, or to print later.", { id: "file-pdf-help" });
      case "ics":
        return msg("Reminds you to check again. It does not say what it is about.", { id: "file-ics-help" });
      case "fhir.json":
        return msg("For a clinic's computer. Save it only if your care team asks for it.", { id: "file-fhir-help" });
    }
  },
  fileSaved: (file: string) => msg(str`${file}: saved on this device.`, { id: "file-saved-named" }),
  fileFailed: (file: string) =>
    msg(str`${file}: cannot be reached just now. Try again in a moment. You can still print or copy the summary.`, {
      id: "file-failed-named",
    }),

  yourData: () => msg("Your data", { id: "your-data" }),
  keepTitle: () => msg("Keep this check", { id: "keep-title" }),
  keepLabel: () => msg("Keep on this device", { id: "keep-label" }),
  keepHelp: () =>
    msg("Tick this only on your own phone or computer. If not, the check is gone from here when you close the tab.", {
      id: "keep-help",
    }),
  keepFailed: () => msg("That did not work just now. Nothing has changed.", { id: "keep-failed" }),
  code: () => msg("Your code to go on with this check on any device:", { id: "code" }),
  codeHelp: () => msg("Write it down. Anyone who has it can read this check.", { id: "code-help" }),
  continueTitle: () => msg("Go on with an earlier check", { id: "continue-title" }),
  codeLabel: () => msg("Type the code of that check", { id: "code-label" }),
  continueHelp: () =>
    msg("The check that is open here is then left. Keep it first if you want to come back to it.", {
      id: "continue-help",
    }),
  continueButton: () => msg("Go on", { id: "continue" }),
  codeMissing: () => msg("Type the code first.", { id: "code-missing" }),
  codeWrong: () => msg("No check was found for this code. Look at each letter again.", { id: "code-wrong" }),
  forgetTitle: () => msg("Delete this check", { id: "forget-title" }),
  forgetHelp: () => msg("This deletes what you said, here and on our server.", { id: "forget-help" }),
  forget: () => msg("Forget me", { id: "forget" }),
  forgetSure: () => msg("Delete everything now? It cannot be brought back.", { id: "forget-sure" }),
  forgetYes: () => msg("Yes, delete it all", { id: "forget-yes" }),
  forgetNo: () => msg("No, keep it", { id: "forget-no" }),
  forgetFailed: () =>
    msg("Not deleted: the server could not be reached. Your check is still there. Try again.", {
      id: "forget-failed",
    }),
  forgotten: () => msg("Your check is deleted", { id: "forgotten" }),
  receipt: (id: string) => msg(str`Receipt: ${id}`, { id: "receipt" }),
  receiptAt: (date: string) => msg(str`Deleted ${date}`, { id: "receipt-at" }),
  receiptWhat: () => msg("What was deleted:", { id: "receipt-what" }),
  /** A part of the receipt in words; null when it is not known here, and is to be shown as the server names it. */
  receiptPart: (part: string): string | null => {
    switch (part) {
      case "conversation":
        return msg("This chat", { id: "receipt-conversation" });
      case "messages":
        return msg("What you and we wrote", { id: "receipt-messages" });
      case "state":
        return msg("Your answers", { id: "receipt-state" });
      case "events":
        return msg("The steps of the chat", { id: "receipt-events" });
      case "replies":
        return msg("The copies kept for sending again", { id: "receipt-replies" });
      case "resume_code":
        return msg("Your code", { id: "receipt-resume-code" });
      case "case_text":
        return msg("What the support staff saw of it", { id: "receipt-case-text" });
      default:
        return null;
    }
  },

  listen: () => msg("Listen", { id: "listen" }),
  listenName: () => msg("Listen to this message", { id: "listen-name" }),
  stop: () => msg("Stop", { id: "stop" }),
  stopName: () => msg("Stop reading", { id: "stop-name" }),
  plus: () => msg("plus", { id: "plus" }),

  textSize: () => msg("Text size", { id: "text-size" }),
  textNormal: () => msg("Normal", { id: "text-normal" }),
  textLarge: () => msg("Large", { id: "text-large" }),
  textLargest: () => msg("Largest", { id: "text-largest" }),

  showOutline: () => msg("Show where it is, on a picture of the body", { id: "show-outline" }),
  outlineHelp: () =>
    msg("Press each place. Left means the left side of the person who has it.", { id: "outline-help" }),
  outlineSide: () => msg("Side of the body", { id: "outline-side" }),
  outlineFront: () => msg("Front view", { id: "outline-front" }),
  outlineBack: () => msg("Back view", { id: "outline-back" }),
  outlineFrontName: () => msg("Front of the body", { id: "outline-front-name" }),
  outlineBackName: () => msg("Back of the body", { id: "outline-back-name" }),
  outlineLeft: () => msg("Left", { id: "outline-left" }),
  outlineRight: () => msg("Right", { id: "outline-right" }),
  outlineMarked: () => msg("Marked:", { id: "outline-marked" }),
  outlineNothingMarked: () => msg("Nothing is marked yet.", { id: "outline-nothing-marked" }),
  outlineLineTicked: (label: string) => msg(str`${label}: ticked too.`, { id: "outline-line-ticked" }),
  outlineLineUnticked: (label: string) => msg(str`${label}: no longer ticked.`, { id: "outline-line-unticked" }),
};
