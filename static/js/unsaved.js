// Warns about unsaved changes of a form, and before isSubmitting the page.
const form = document.querySelector("form[data-unsaved]");
const note = document.querySelector("[data-unsaved-note]");

if (form) {
  const before = serialize();
  let isSubmitting = false;

  form.addEventListener("input", updateNote);
  form.addEventListener("change", updateNote);
  form.addEventListener("submit", () => (isSubmitting = true));
  addEventListener("pageshow", () => (isSubmitting = false));
  addEventListener("beforeunload", (event) => {
    if (!isSubmitting && serialize() !== before) event.preventDefault();
  });

  function updateNote() {
    if (note) note.hidden = serialize() === before;
  }

  function serialize() {
    return JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrf_token"));
  }
}
