// A button that was pressed says what it is doing, keeps its width and takes no second press.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.busy || event.defaultPrevented) return;
  button.style.setProperty("min-width", `${button.offsetWidth}px`);
  button.setAttribute("aria-busy", "true");
  const word = button.querySelector("span");
  button.dataset.idle = word.textContent;
  word.textContent = button.dataset.busy;
});

// back from the browser's page cache: the button is ready again
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll('[aria-busy="true"][data-idle]')) {
    button.removeAttribute("aria-busy");
    button.querySelector("span").textContent = button.dataset.idle;
  }
});
