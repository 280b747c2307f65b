// What would it say: the fields belong to what happens in the played call.
const form = document.getElementById("preview");
const choice = form?.elements.namedItem("name");

choice?.addEventListener("change", show);
if (choice) show();

function show() {
  for (const fields of form.querySelectorAll("[data-question]")) {
    fields.hidden = fields.dataset.question !== choice.value;
    fields.disabled = fields.hidden;
  }
}
