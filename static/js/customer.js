// The form of a customer's record: further numbers and addresses without saving in between.
for (const group of document.querySelectorAll("[data-contacts]")) {
  const button = group.querySelector("[data-add]");
  const rows = () => group.querySelectorAll(".ap-contact");
  const updateButton = () => (button.hidden = rows().length >= Number(group.dataset.max));

  button.addEventListener("click", () => {
    const place = rows().length;
    const row = rows()[place - 1].cloneNode(true);
    const [input, radio] = [row.querySelector(".ap-input"), row.querySelector("[type=radio]")];
    const name = input.name.replace(/\d+$/, place);
    row.querySelector(".ap-field__error")?.remove();
    row.querySelector("label[for]").htmlFor = input.id = input.name = name;
    for (const attribute of ["aria-invalid", "aria-describedby"]) input.removeAttribute(attribute);
    input.value = "";
    radio.value = place;
    radio.checked = false;
    button.before(row);
    input.focus();
    updateButton();
  });
  updateButton();
}
