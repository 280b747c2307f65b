// The call page: expands all steps, and refreshes while the call is running.
import { openConnection } from "./live/connection.js";

const page = document.getElementById("call");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-unfold]");
  if (button) unfold(button);
});
showUnfold();
document.addEventListener("htmx:after:swap", showUnfold);

if (page?.dataset.call) {
  openConnection({
    onEvent: (_name, envelope) => {
      if (envelope.call === page.dataset.call) page.dispatchEvent(new CustomEvent("call-changed"));
    },
  });
}

function showUnfold() {
  for (const button of document.querySelectorAll("[data-unfold]")) button.hidden = false;
}

function unfold(button) {
  const folds = [...document.querySelectorAll(".ap-fold")];
  const open = folds.some((fold) => !fold.open);
  for (const fold of folds) fold.open = open;
  const next = button.dataset.foldWord;
  button.dataset.foldWord = button.textContent;
  button.textContent = next;
}
