// What would it say: the fields belong to what happens in the played call.
const form = document.getElementById("preview");
const choice = form?.elements.namedItem("name");

choice?.addEventListener("change", show);
if (choice) show();

// below the form, as on a phone, the answer would come unseen
const answer = document.getElementById("answer");
answer?.focus({ preventScroll: true });
answer?.closest("section").scrollIntoView({ block: matchMedia("(max-width: 1100px)").matches ? "start" : "nearest" });

function show() {
  for (const fields of form.querySelectorAll("[data-question]")) {
    fields.hidden = fields.dataset.question !== choice.value;
    fields.disabled = fields.hidden;
  }
}
