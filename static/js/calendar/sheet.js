// The calendar's sheet: a booking, a new booking, or why a time is not free; forms inside answer without leaving the page.
import { getJson, getPart, nodesOf, send } from "../http.js";
import { putToast, showToast } from "../toasts.js";

const TYPED_MS = 180;
export const sheet = () => document.getElementById("calendar-sheet");

export async function openSheet(url) {
  const html = await getPart(url);
  if (!html) return showToast(document.body.dataset.failed);
  fill(html);
  if (!sheet().open) sheet().showModal();
  focusFirst();
}

// changed(): something was booked, moved or cancelled
export function watchSheet({ changed }) {
  sheet().addEventListener("click", (event) => {
    if (event.target === sheet() || event.target.closest("[data-close]")) sheet().close();
    const other = event.target.closest("[data-take]");
    if (other) take(other);
  });
  sheet().addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const button = event.submitter ?? form.querySelector('button:not([type="button"])');
    if (button.getAttribute("aria-busy") === "true" && form.dataset.sent) return;
    form.dataset.sent = "1";
    const answer = await send(form.action, new FormData(form));
    delete form.dataset.sent;
    idle(button);
    if (answer.ok) {
      sheet().close();
      putToast(answer.data.toast);
      return changed();
    }
    if (answer.html && answer.status < 500 && form.matches("[data-sheet-form]")) {
      fill(answer.html);
      return focusFirst();
    }
    showToast(answer.data?.message ?? document.body.dataset.failed);
    if (answer.data?.code === "changed_meanwhile") {
      sheet().close();
      changed();
    }
  });
  let timer = null;
  sheet().addEventListener("input", (event) => {
    const form = event.target.closest("[data-sheet-form]");
    if (!form || !["name", "phone"].includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(() => suggest(form, event.target), TYPED_MS);
  });
}

function fill(html) {
  sheet().replaceChildren(...nodesOf(html));
}

function focusFirst() {
  (sheet().querySelector('[aria-invalid="true"]') ?? sheet().querySelector("[autofocus]") ?? sheet().querySelector("[data-close]"))?.focus();
}

function take(other) {
  const form = sheet().querySelector("[data-sheet-form]");
  form.elements.day.value = other.dataset.day;
  form.elements.time.value = other.dataset.time;
  form.elements.staff_id.value = other.dataset.staff;
  form.querySelector('button[type="submit"]').focus();
}

// Who it could be; a name that is chosen brings its number along, a number its name.
async function suggest(form, field) {
  const text = field.value.trim();
  if (text.length < 2) return;
  const found = (await getJson(`${form.dataset.customersUrl}?${new URLSearchParams({ q: text })}`)) ?? [];
  const list = form.querySelector("datalist");
  list.replaceChildren(...found.map((one) => Object.assign(document.createElement("option"), { value: one.name, label: one.display })));
  const { name, phone } = form.elements;
  if (field === phone && found.length === 1 && !name.value) name.value = found[0].name;
  const same = found.filter((one) => one.name === name.value);
  if (field === name && same.length === 1 && !phone.value) phone.value = same[0].display;
}

function idle(button) {
  button.removeAttribute("aria-busy");
  if (button.dataset.idle) button.querySelector("span").textContent = button.dataset.idle;
}
