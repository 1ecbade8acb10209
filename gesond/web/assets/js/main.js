// Loaded by every page. Each page works without it: this only makes things smoother.
import { initButtons } from "nhsuk-frontend/dist/nhsuk/components/button/button.mjs";
import { initErrorSummary } from "nhsuk-frontend/dist/nhsuk/components/error-summary/error-summary.mjs";
import { initPasswordInputs } from "nhsuk-frontend/dist/nhsuk/components/password-input/password-input.mjs";
import { initSkipLinks } from "nhsuk-frontend/dist/nhsuk/components/skip-link/skip-link.mjs";
import { initDialogs } from "./dialog.js";
import { initLive } from "./live.js";
import { initMenus } from "./menus.js";
import { initResends } from "./resend.js";
import { initReveals } from "./reveal.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");

for (const init of [
  initSkipLinks,
  initButtons,
  initPasswordInputs,
  initErrorSummary,
  initReveals,
  initMenus,
  initDialogs,
  initResends,
  initLive,
]) {
  init();
}
