import { msg, str } from "@lit/localize";

import type { Level, SummaryFile } from "../transport/contract.js";

/**
 * Every word that the widget itself shows or speaks, in British English, by the id under which it is
 * translated. The words of the checklist come from the server's reviewed content, never from here.
 */
export const text = {
  launcher: () => msg("Check warning signs", { id: "launcher" }),
  launcherUnread: () => msg("New message: open the chat", { id: "launcher-unread" }),
  title: () => msg("Warning signs checklist", { id: "title" }),
  region: () => msg("Warning signs chat", { id: "region" }),
  close: () => msg("Close", { id: "close" }),
  menu: () => msg("Menu", { id: "menu" }),
  backToChat: () => msg("Back to the chat", { id: "back-to-chat" }),
  starting: () => msg("Opening the checklist…", { id: "starting" }),

  careTeam: () => msg("Your care team:", { id: "care-team" }),
  treatmentCard: () => msg("the number on your treatment card", { id: "treatment-card" }),
  call: () => msg("Call", { id: "call" }),

  draft: () =>
    msg("Draft. A clinician has not yet checked these words. For trying out only.", { id: "draft" }),
  log: () => msg("Messages", { id: "log" }),
  scroller: () => msg("Messages and answers", { id: "scroller" }),
  botSays: () => msg("Checklist:", { id: "bot-says" }),
  youSaid: () => msg("You:", { id: "you-said" }),
  staff: () => msg("A person is writing to you", { id: "staff" }),
  staffAt: (time: string) => msg(str`Support staff, ${time}`, { id: "staff-at" }),
  notSent: () => msg("Not sent yet", { id: "not-sent" }),

  progress: (done: number, of: number) => msg(str`${done} of ${of} parts done`, { id: "progress" }),
  progressLabel: () => msg("How far you are", { id: "progress-label" }),

  tickAll: () => msg("Tick all that apply, then press Send.", { id: "tick-all" }),
  or: () => msg("or", { id: "or" }),
  noneClearedOthers: (label: string) =>
    msg(str`${label}: ticked. Your other ticks were removed.`, { id: "none-cleared-others" }),
  otherClearedNone: (none: string) => msg(str`${none}: no longer ticked.`, { id: "other-cleared-none" }),
  ownWords: () => msg("Or say it in your own words", { id: "own-words" }),
  alsoOwnWords: () => msg("Or add your own words", { id: "also-own-words" }),
  yourAnswer: () => msg("Your answer", { id: "your-answer" }),
  send: () => msg("Send", { id: "send" }),
  nothingTicked: () =>
    msg("Tick at least one line, or write in the box below. Then press Send.", { id: "nothing-ticked" }),
  nothingChosen: () => msg("Choose one of the answers, or write in the box.", { id: "nothing-chosen" }),
  nothingWritten: () => msg("Write your answer in the box first.", { id: "nothing-written" }),

  sending: () => msg("Sending…", { id: "sending" }),
  slow: () =>
    msg("This takes longer than usual. Your answer is safe here, and we keep trying.", { id: "slow" }),
  slowStart: () => msg("This takes longer than usual. We keep trying.", { id: "slow-start" }),
  unreached: () =>
    msg("No connection just now. Your answers are safe here. We send them when it is back.", {
      id: "unreached",
    }),
  serverTrouble: () =>
    msg("Something is wrong on our side. Your answers are safe here, and we keep trying.", {
      id: "server-trouble",
    }),
  refused: () => msg("This answer could not be taken. Please change it and send it again.", { id: "refused" }),
  doNotWait: () => msg("If you need help, do not wait for this chat. Call.", { id: "do-not-wait" }),
  tryNow: () => msg("Try again now", { id: "try-now" }),
  gone: () =>
    msg("This check has ended. Its answers are no longer kept. You can start a new one.", { id: "gone" }),
  startNew: () => msg("Start a new check", { id: "start-new" }),

  /** The urgency in words, as the heading of a direction. */
  level: (level: Level, crisis: boolean): string => {
    if (crisis && level !== "emergency") return msg("Get help now. Talk to someone.", { id: "level-crisis" });
    switch (level) {
      case "emergency":
        return msg("Emergency: call now", { id: "level-emergency" });
      case "now":
        return msg("Urgent: call your care team now", { id: "level-now" });
      case "today":
        return msg("Call your care team today", { id: "level-today" });
      case "soon":
        return msg("Tell your care team soon", { id: "level-soon" });
      case "keep":
        return msg("Keep your appointments", { id: "level-keep" });
    }
  },
  whoToCall: () => msg("Who to contact", { id: "who-to-call" }),
  openNow: () => msg("Open now", { id: "open-now" }),
  closedNow: () => msg("Closed now", { id: "closed-now" }),
  whatToSay: () => msg("What to say", { id: "what-to-say" }),
  showDirection: () => msg("What to do", { id: "show-direction" }),

  summary: () => msg("Your summary", { id: "summary" }),
  summaryMenu: () => msg("Your summary (print or save)", { id: "summary-menu" }),
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
  since: (words: string) => msg(str`Since: ${words}`, { id: "since" }),
  change: (words: string) => msg(str`Change: ${words}`, { id: "change" }),
  quote: (words: string) => msg(str`“${words}”`, { id: "quote" }),
  degrees: (value: string) => msg(str`${value} °C`, { id: "degrees" }),
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
  fileSaved: () => msg("The file is saved on this device.", { id: "file-saved" }),
  fileFailed: () => msg("The file cannot be reached just now. Try again in a moment.", { id: "file-failed" }),

  yourData: () => msg("Your data", { id: "your-data" }),
  yourDataMenu: () => msg("Your data (keep, continue, delete)", { id: "your-data-menu" }),
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
  /** A part of the receipt in words; one that is not known here is shown as the server names it. */
  receiptPart: (part: string): string => {
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
        return part;
    }
  },
};
