import { msg, str } from "@lit/localize";

import type { Level } from "../transport/contract.js";

/**
 * Every word that the widget itself shows or speaks, in British English, by the id under which it is
 * translated. The words of the checklist come from the server's reviewed content, never from here.
 */
export const text = {
  launcher: () => msg("Check warning signs", { id: "launcher" }),
  launcherUnread: () => msg("A person has written: open the chat", { id: "launcher-unread" }),
  title: () => msg("Warning signs checklist", { id: "title" }),
  region: () => msg("Warning signs chat", { id: "region" }),
  close: () => msg("Close", { id: "close" }),
  menu: () => msg("Menu", { id: "menu" }),
  backToChat: () => msg("Back to the chat", { id: "back-to-chat" }),
  starting: () => msg("Opening the checklist…", { id: "starting" }),

  careTeam: () => msg("Your care team:", { id: "care-team" }),
  treatmentCard: () => msg("the number on your treatment card", { id: "treatment-card" }),
  call: () => msg("Call", { id: "call" }),
  callCareTeam: () => msg("Call your care team", { id: "call-care-team" }),
  fromSite: () => msg("From this website:", { id: "from-site" }),

  draft: () =>
    msg("Draft. A clinician has not yet checked these words. For trying out only.", { id: "draft" }),
  log: () => msg("Messages", { id: "log" }),
  scroller: () => msg("Messages and answers", { id: "scroller" }),
  botSays: () => msg("Checklist:", { id: "bot-says" }),
  youSaid: () => msg("You:", { id: "you-said" }),
  staff: () => msg("A person is writing to you", { id: "staff" }),
  staffAt: (time: string) => msg(str`A person of the support staff, ${time}`, { id: "staff-at" }),
  withStaff: () => msg("A person writes with you now. The checklist waits here until they leave.", { id: "with-staff" }),
  typing: () => msg("A person is writing a message to you …", { id: "typing" }),
  notSent: () => msg("Not sent yet", { id: "not-sent" }),

  page: (number: string, of: string) => msg(str`Page ${number} of ${of}`, { id: "page" }),
  pagesDone: (of: string) => msg(str`All ${of} pages done`, { id: "pages-done" }),
  /** How many pages are to come, in the form that goes with the number. English has two forms. */
  pages: (form: Intl.LDMLPluralRule, of: string) =>
    form === "one" ? msg(str`${of} page`, { id: "pages-one" }) : msg(str`${of} pages`, { id: "pages-other" }),

  tickAll: () => msg("Tick all that apply, then press Send.", { id: "tick-all" }),
  looksLike: () => msg("What does this look like?", { id: "looks-like" }),
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
  openNow: () => msg("Open now.", { id: "open-now" }),
  closedNow: () => msg("Closed now.", { id: "closed-now" }),
  whatToSay: () => msg("What to say", { id: "what-to-say" }),
  showDirection: () => msg("What to do", { id: "show-direction" }),

  partLoading: () => msg("One moment…", { id: "part-loading" }),
  partMissing: () =>
    msg("This part cannot be reached just now. Your answers are safe. Try again in a moment.", { id: "part-missing" }),

  summaryMenu: () => msg("Your summary (print or save)", { id: "summary-menu" }),
  yourDataMenu: () => msg("Your data (keep, continue, delete)", { id: "your-data-menu" }),
};
