// The agent preview: shows the fields of the selected question.
const form = document.getElementById("preview");
const choice = form?.elements.namedItem("name");

choice?.addEventListener("change", show);
if (choice) show();

// scroll to the answer, which is below the form on small screens
const answer = document.getElementById("answer");
answer?.focus({ preventScroll: true });
answer?.closest("section").scrollIntoView({ block: matchMedia("(max-width: 1100px)").matches ? "start" : "nearest" });

function show() {
  for (const fields of form.querySelectorAll("[data-question]")) {
    fields.hidden = fields.dataset.question !== choice.value;
    fields.disabled = fields.hidden;
  }
}
