// Loaded by every signed-in page: collapsible navigation, search shortcut, toasts, busy buttons, number of running calls.
import "./forms.js";
import "./date_field.js";
import { showRequestErrors } from "./toasts.js";
import { pollActiveCalls } from "./active_calls.js";
import { followBell } from "./bell.js";

foldNavigation();
focusSearch();
showCurrentTab();
focusFirstError();
showRequestErrors();
pollActiveCalls();
followBell();
submitOnChange();

function foldNavigation() {
  const toggle = document.querySelector("[data-nav-toggle]");
  if (!toggle) return;
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const slim = document.body.dataset.nav !== "slim";
    document.body.dataset.nav = slim ? "slim" : "wide";
    toggle.setAttribute("aria-expanded", String(!slim));
    // the server reads it, so that the next page opens without a jump
    document.cookie = `nav=${slim ? "slim" : "wide"}; path=/; max-age=31536000; SameSite=Lax`;
  });
}

function focusSearch() {
  const search = document.querySelector("[data-search]");
  document.addEventListener("keydown", (event) => {
    if (!search || event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
  if (location.hash === "#search") document.querySelector("#search")?.focus();
}

// after a refused form: to the first field that is wrong, else to what is said above the form
function focusFirstError() {
  const field = document.querySelector('main [aria-invalid="true"]');
  const said = document.querySelector('main .ap-note[role="alert"]:not([hidden])');
  if (!field && said) said.tabIndex = -1;
  (field ?? said)?.focus();
}

// on a phone the row of tabs is wider than the screen
function showCurrentTab() {
  const tabs = document.querySelector(".ap-tabs");
  const current = tabs?.querySelector("[aria-current]");
  if (current) tabs.scrollLeft = current.offsetLeft - (tabs.clientWidth - current.clientWidth) / 2;
}

// what to show is chosen in one step; without scripts a button stands beside it
function submitOnChange() {
  for (const form of document.querySelectorAll("form[data-submit-on-change]")) form.addEventListener("change", () => form.requestSubmit());
}
