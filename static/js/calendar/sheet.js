// The calendar's dialog: a booking, a new booking, or the reason why a time is not free. Its forms are posted without leaving the page.
import { fetchJson, fetchFragment, parseNodes, postForm } from "../http.js";
import { appendToast, showToast } from "../toasts.js";

const TYPING_DELAY_MS = 180;
const PERSON_FIELDS = ["name", "phone", "email"];
let suggested = [];
export const sheet = () => document.getElementById("calendar-sheet");

export async function openSheet(url) {
  const html = await fetchFragment(url);
  if (!html) return showToast(document.body.dataset.failed);
  showSheet(html);
}

export function showSheet(html) {
  fill(html);
  if (!sheet().open) sheet().showModal();
  focusFirst();
}

// changed() is called after a booking was created, moved or cancelled.
export function bindSheet({ changed }) {
  sheet().addEventListener("click", (event) => {
    if (event.target === sheet() || event.target.closest("[data-close]")) sheet().close();
    const other = event.target.closest("[data-take]");
    if (other) useAlternative(other);
  });
  sheet().addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const button = event.submitter ?? form.querySelector('button:not([type="button"])');
    if (button.getAttribute("aria-busy") === "true" && form.dataset.sent) return;
    form.dataset.sent = "1";
    const answer = await postForm(form.action, new FormData(form, event.submitter));
    delete form.dataset.sent;
    clearBusy(button);
    if (answer.ok) {
      sheet().close();
      appendToast(answer.data.toast);
      return changed();
    }
    if (answer.html && answer.status < 500 && form.matches("[data-sheet-form]")) {
      fill(answer.html);
      return focusFirst();
    }
    if (answer.data?.confirm) return showSheet(answer.data.confirm);
    showToast(answer.data?.message ?? document.body.dataset.failed);
    if (answer.data?.code === "changed_meanwhile") {
      sheet().close();
      changed();
    }
  });
  let timer = null;
  sheet().addEventListener("input", (event) => {
    const form = event.target.closest("[data-sheet-form]");
    if (!form || !PERSON_FIELDS.includes(event.target.name)) return;
    takePerson(form, event.target);
    clearTimeout(timer);
    timer = setTimeout(() => suggest(form, event.target), TYPING_DELAY_MS);
  });
}

function fill(html) {
  sheet().replaceChildren(...parseNodes(html));
}

function focusFirst() {
  (sheet().querySelector('[aria-invalid="true"]') ?? sheet().querySelector("[autofocus]") ?? sheet().querySelector("[data-close]"))?.focus();
}

function useAlternative(other) {
  const form = sheet().querySelector("[data-sheet-form]");
  form.elements.day.value = other.dataset.day;
  form.elements.time.value = other.dataset.time;
  form.elements.staff_id.value = other.dataset.staff;
  form.querySelector('button[type="submit"]').focus();
}

// Suggests customers by what is typed into one of the fields of a person.
async function suggest(form, field) {
  const text = field.value.trim();
  if (text.length < 2) return;
  suggested = (await fetchJson(`${form.dataset.customersUrl}?${new URLSearchParams({ q: text })}`)) ?? [];
  const offered = suggested.filter((customer) => valueOf(customer, field));
  const label = (customer) => [customer.name, customer.display, customer.email].filter((words) => words && words !== valueOf(customer, field)).join(", ");
  form.querySelector("datalist").replaceChildren(
    ...offered.map((customer) => Object.assign(document.createElement("option"), { value: valueOf(customer, field), label: label(customer) })),
  );
  takePerson(form, field);
}

const valueOf = (customer, field) => (field.name === "phone" ? customer.display : customer[field.name]);

// One who is named in full is taken, with what is known of them; whoever changes the name means somebody else.
function takePerson(form, field) {
  const matches = suggested.filter((customer) => valueOf(customer, field) && valueOf(customer, field) === field.value);
  const person = form.querySelector('input[type="hidden"][name="person"]');
  if (matches.length !== 1) {
    if (person && field.name === "name") person.value = "";
    return;
  }
  if (person) person.value = matches[0].id;
  for (const name of PERSON_FIELDS) {
    const other = form.elements[name];
    if (!other.value) other.value = valueOf(matches[0], other);
  }
}

function clearBusy(button) {
  button.removeAttribute("aria-busy");
  if (button.dataset.idle) button.querySelector("span").textContent = button.dataset.idle;
}
