// Buttons that copy the value of a field; hidden where the browser has no clipboard.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const word = button.querySelector("span");
  const idle = word.textContent;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    word.textContent = button.dataset.copied;
    setTimeout(() => (word.textContent = idle), 2000);
  });
}
