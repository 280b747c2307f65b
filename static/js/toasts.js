// Short messages at the lower edge; dismissed after a time unless the pointer is on them.
import { parseNodes } from "./http.js";

const TOAST_MS = 6000;

for (const toast of document.querySelectorAll("[data-toast]")) dismissLater(toast);

export function showToast(text) {
  const toast = document.getElementById("toast-error").content.firstElementChild.cloneNode(true);
  toast.querySelector("span:last-child").textContent = text;
  document.getElementById("toasts").append(toast);
  dismissLater(toast);
}

// Appends a toast rendered by the server, with its undo button.
export function appendToast(html) {
  const [toast] = parseNodes(html);
  document.getElementById("toasts").append(toast);
  dismissLater(toast);
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

function dismissLater(toast) {
  let timer = setTimeout(() => toast.remove(), TOAST_MS);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => (timer = setTimeout(() => toast.remove(), TOAST_MS)));
}
