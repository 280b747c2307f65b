// Short messages at the lower edge; they leave by themselves unless somebody is reading them.
import { nodesOf } from "./http.js";

const STAY_MS = 6000;

for (const toast of document.querySelectorAll("[data-toast]")) leaveLater(toast);

export function showToast(text) {
  const toast = document.getElementById("toast-error").content.firstElementChild.cloneNode(true);
  toast.querySelector("span:last-child").textContent = text;
  document.getElementById("toasts").append(toast);
  leaveLater(toast);
}

// A toast that the server has written, with its way back.
export function putToast(html) {
  const [toast] = nodesOf(html);
  document.getElementById("toasts").append(toast);
  leaveLater(toast);
}

// A part of the page that could not be fetched says so; what is shown stays as it was.
export function showFailures() {
  const sentence = document.body.dataset.failed;
  for (const name of ["htmx:response:error", "htmx:error"]) {
    document.addEventListener(name, (event) => {
      const status = event.detail?.ctx?.response?.status;
      // 401 comes with the way to the sign-in page
      if (status !== 401 && sentence) showToast(sentence);
    });
  }
}

function leaveLater(toast) {
  let timer = setTimeout(() => toast.remove(), STAY_MS);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => (timer = setTimeout(() => toast.remove(), STAY_MS)));
}
