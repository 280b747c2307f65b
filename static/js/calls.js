// The calls page: sends the selected chip with the next search, and shows a skeleton while a response is slow.
const form = document.getElementById("calls-form");
const list = document.getElementById("calls");

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-outcome]");
  if (chip) document.getElementById("calls-outcome").value = chip.dataset.outcome;
});

// A chip's request includes the current search text and period.
document.addEventListener("htmx:config:request", (event) => {
  const chip = event.target.closest?.("[data-outcome]");
  const request = event.detail?.ctx?.request;
  if (!chip || !request) return;
  const url = new URL(request.action, location.href);
  url.searchParams.set("q", form.elements.q.value);
  url.searchParams.set("period", form.elements.period.value);
  request.action = url.pathname + url.search;
});

document.addEventListener("htmx:before:request", (event) => {
  if (event.target.closest?.(".ap-pager")) return setBusy(event.target, true);
  const timer = setTimeout(showSkeleton, 400);
  document.addEventListener("htmx:finally:request", () => clearTimeout(timer), { once: true });
});
document.addEventListener("htmx:finally:request", (event) => {
  if (event.target.closest?.(".ap-pager")) setBusy(event.target, false);
});

function showSkeleton() {
  const rows = document.getElementById("calls-rows");
  const template = document.getElementById("calls-loading");
  if (!rows) return;
  rows.replaceChildren(...template.content.cloneNode(true).querySelectorAll("tr"));
  list.querySelector("#pager")?.remove();
}

function setBusy(button, busy) {
  button.toggleAttribute("aria-busy", busy);
  if (busy) button.setAttribute("aria-busy", "true");
}
