// Short messages at the lower edge. Good news leaves after a time, unless the pointer or the focus is on it; bad news stays until
// it is closed, by its button or by Escape.
import { parseNodes } from "./http.js";

const TOAST_MS = 6000;
const region = () => document.getElementById("toasts");

for (const toast of document.querySelectorAll("[data-toast]")) start(toast);

export function showToast(text) {
  // what fails again and again is said once
  for (const shown of region().querySelectorAll("[data-toast-text]")) if (shown.textContent === text) return;
  const toast = document.getElementById("toast-error").content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-toast-text]").textContent = text;
  append(toast);
}

// Appends a toast rendered by the server, with its undo button.
export function appendToast(html) {
  append(parseNodes(html)[0]);
}

// Shows a toast after a failed htmx request; the page stays unchanged.
export function showRequestErrors() {
  const sentence = document.body.dataset.failed;
  for (const name of ["htmx:response:error", "htmx:error"]) {
    document.addEventListener(name, (event) => {
      const status = event.detail?.ctx?.response?.status;
      // a 401 redirects to the sign-in page
      if (status !== 401 && sentence) showToast(sentence);
    });
  }
}

function append(toast) {
  region().append(toast);
  start(toast);
}

function start(toast) {
  toast.addEventListener("keydown", (event) => event.key === "Escape" && toast.remove());
  if (toast.dataset.toast === "stays") return offerToClose(toast);
  let timer = setTimeout(() => toast.remove(), TOAST_MS);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) {
    toast.addEventListener(name, () => {
      clearTimeout(timer);
      timer = setTimeout(() => toast.remove(), TOAST_MS);
    });
  }
}

function offerToClose(toast) {
  const button = toast.querySelector("[data-dismiss]");
  button.hidden = false;
  button.addEventListener("click", () => toast.remove());
}
