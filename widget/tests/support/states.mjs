/**
 * The tour: every state of the widget, in the order in which one walk through a check on the real server meets them.
 *
 * A state is `{name, go}`; `go` brings a page from the state before it to this one. A new state is one more entry,
 * and is then looked at in every size, colour and direction, photographed, and passed by keyboard.
 * `leave` puts back what the next state does not want (a closed menu, a server that answers again).
 */
import { until } from "./browser.mjs";
import { answered, choose, deleteOnServer, menuButton, onwards, open, sendButton, step, tickAndSend } from "./ui.mjs";

const view = (page) => page.locator("#view-title");
const inMenu = (page, index) => page.locator(".menu button").nth(index);
async function show(ui, index) {
  await ui.use(menuButton(ui.page));
  await ui.use(inMenu(ui.page, index));
}

export const TOUR = [
  { name: "launcher", go: async ({ page }) => page.locator("#launcher").waitFor() },
  {
    name: "welcome",
    go: async ({ page, ui }) => {
      await ui.use(page.locator("#launcher"));
      await step(page, "welcome");
    },
  },
  {
    name: "menu",
    go: async ({ page, ui }) => {
      await ui.use(menuButton(page));
      await inMenu(page, 0).waitFor();
    },
    leave: async ({ page, ui }) => ui.use(menuButton(page)),
  },
  {
    name: "red-flags",
    go: async ({ page, ui }) => {
      await choose(ui, "start");
      await step(page, "right_now_1");
    },
  },
  {
    name: "nothing-ticked",
    go: async ({ page, ui }) => {
      await ui.use(sendButton(page));
      await page.locator("#error").waitFor();
    },
  },
  {
    name: "emergency",
    go: async ({ page, ui }) => {
      await tickAndSend(ui, "uncontrolled_bleeding");
      await step(page, "red_flag");
      await page.locator("#banner").waitFor();
    },
  },
  {
    name: "cannot-call",
    go: async ({ page, ui }) => {
      await choose(ui, "cannot_call");
      await step(page, "cannot_call");
    },
    leave: async ({ page, ui }) => {
      await answered(page, () => choose(ui, "not_meant"));
    },
  },
  {
    name: "buttons",
    go: async ({ page, ui }) => {
      await onwards(ui, "condition");
      await step(page, "condition");
    },
  },
  {
    name: "signs",
    go: async ({ page, ui }) => {
      await choose(ui, "lymphoma");
      await onwards(ui, "page_bones");
      await step(page, "page_bones");
    },
  },
  {
    name: "draft",
    go: async ({ page, ui }) => {
      await ui.tick("lumps");
      await ui.tick("unsure");
      await ui.write("It does not hurt");
    },
  },
  {
    name: "since",
    go: async ({ page, ui }) => {
      await ui.use(sendButton(page));
      await page.locator("#choices button").first().waitFor();
      await step(page, "since:lumps");
    },
  },
  {
    name: "not-sent",
    go: async ({ page, ui, proxy }) => {
      proxy.down = true;
      await choose(ui, "weeks");
      await page.locator(".trouble").waitFor();
    },
    leave: async ({ page, proxy }) => {
      proxy.down = false;
      await page.locator(".pending").waitFor({ state: "detached", timeout: 30_000 });
    },
  },
  {
    name: "staff",
    go: async ({ page, ui, server }) => {
      await ui.write("I want to talk to a person");
      await answered(page, () => ui.use(sendButton(page)));
      server.case = (await server.staff("list")).match(/^\S+/)[0];
      await server.staff("reply", server.case, "Hello, this is Maya. I read what you wrote. Shall we go on together?");
      await page.locator(".from-staff").first().waitFor({ timeout: 30_000 });
    },
    leave: async ({ server }) => void (await server.staff("close", server.case, "--outcome", "team_called")),
  },
  {
    name: "review",
    go: async ({ page, ui }) => {
      await onwards(ui, "review");
      await step(page, "review");
    },
  },
  {
    name: "end",
    go: async ({ page, ui }) => {
      await choose(ui, "finish");
      await step(page, "summary");
      await page.locator(".summary").waitFor();
    },
  },
  {
    name: "summary",
    go: async ({ page, ui }) => {
      await show(ui, 0);
      await page.locator(".files").waitFor();
    },
    leave: async ({ page, ui }) => ui.use(page.locator(".back")),
  },
  {
    name: "data",
    go: async ({ page, ui }) => {
      await show(ui, 1);
      await page.locator("#keep").waitFor();
    },
  },
  {
    name: "kept",
    go: async ({ page, ui }) => {
      await ui.toggle(page.locator("#keep"));
      await page.locator(".code").waitFor();
    },
  },
  {
    name: "forget-asked",
    go: async ({ page, ui }) => {
      await ui.use(page.locator("#forget"));
      await page.locator("#sure").waitFor();
    },
  },
  {
    name: "not-deleted",
    go: async ({ page, ui, proxy }) => {
      proxy.down = true;
      await ui.use(page.locator(".sure .danger"));
      await page.locator(".view .error").waitFor();
    },
    leave: async ({ proxy }) => void (proxy.down = false),
  },
  {
    name: "receipt",
    go: async ({ page, ui }) => {
      await ui.use(page.locator(".sure .danger"));
      await page.locator("#forget, .sure").waitFor({ state: "detached" });
      await view(page).waitFor();
    },
  },
  {
    name: "gone",
    go: async ({ page, ui, server }) => {
      await ui.use(page.locator(".view .choice"));
      await step(page, "welcome");
      // Deleted from another device, as at the end of its retention.
      await deleteOnServer(page, server);
      await choose(ui, "start");
      await until(async () => (await open(page)).phase === "gone", "the end of the check");
    },
  },
  {
    name: "server-down",
    go: async ({ page, ui, proxy }) => {
      proxy.plan = () => ({ kind: "503" });
      await ui.use(page.locator(".scroll .choice"));
      await page.locator(".trouble").waitFor();
    },
    leave: async ({ page, proxy }) => {
      proxy.plan = () => null;
      await step(page, "welcome");
    },
  },
];

