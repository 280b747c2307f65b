// A form that was changed and not saved says so, and asks before the page is left.
const form = document.querySelector("form[data-unsaved]");
const note = document.querySelector("[data-unsaved-note]");

if (form) {
  const before = written();
  let leaving = false;

  form.addEventListener("input", show);
  form.addEventListener("change", show);
  form.addEventListener("submit", () => (leaving = true));
  addEventListener("pageshow", () => (leaving = false));
  addEventListener("beforeunload", (event) => {
    if (!leaving && written() !== before) event.preventDefault();
  });

  function show() {
    if (note) note.hidden = written() === before;
  }

  function written() {
    return JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrf_token"));
  }
}
