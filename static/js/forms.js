// A submit button shows its busy text, keeps its width and accepts no second press.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.busy || event.defaultPrevented) return;
  button.style.setProperty("min-width", `${button.offsetWidth}px`);
  button.setAttribute("aria-busy", "true");
  const word = button.querySelector("span");
  button.dataset.idle = word.textContent;
  word.textContent = button.dataset.busy;
});

// restored from the browser's page cache: reset the button
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll('[aria-busy="true"][data-idle]')) {
    button.removeAttribute("aria-busy");
    button.querySelector("span").textContent = button.dataset.idle;
  }
});
