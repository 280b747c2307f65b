// Days and times are typed as text; a calendar opens beside a day, and arrows shift a time. Fields that come later are found as they get the focus.
const language = document.documentElement.lang;
const monthName = new Intl.DateTimeFormat(language, { month: "long", year: "numeric" });
const dayName = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const weekdayName = new Intl.DateTimeFormat(language, { weekday: "short" });
const DAY_STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const STEP_MINUTES = 5;

document.querySelectorAll("[data-calendar]").forEach(addButton);
document.addEventListener("focusin", (event) => event.target.matches?.("[data-calendar]") && addButton(event.target));
document.addEventListener("keydown", shiftTime);

function addButton(input) {
  const box = input.parentElement;
  if (input.disabled || input.readOnly || box.querySelector(".ap-moment__open")) return;
  const button = makeButton(input.dataset.calendar, () => (box.querySelector(".ap-days") ? close(box) : open(box, input)));
  button.className = "ap-moment__open";
  button.setAttribute("aria-label", `${input.dataset.calendar}: ${input.labels[0]?.textContent ?? ""}`);
  button.setAttribute("aria-expanded", "false");
  const icon = document.querySelector("#calendar-icon");
  button.replaceChildren(icon ? icon.content.cloneNode(true) : "\u25be");
  box.append(button);
}

function open(box, input) {
  const picked = read(input.value);
  const panel = document.createElement("div");
  panel.className = "ap-days";
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", input.dataset.calendar);
  box.classList.toggle("is-right", box.getBoundingClientRect().left + 304 > document.documentElement.clientWidth);
  box.append(panel);
  box.querySelector(".ap-moment__open").setAttribute("aria-expanded", "true");
  panel.addEventListener("keydown", (event) => onKey(event, box, input));
  box.addEventListener("focusout", (event) => event.relatedTarget && !box.contains(event.relatedTarget) && close(box, false));
  document.addEventListener("pointerdown", (event) => !box.contains(event.target) && close(box, false), { once: true });
  show(box, input, picked ?? new Date());
}

function close(box, focus = true) {
  box.querySelector(".ap-days")?.remove();
  const button = box.querySelector(".ap-moment__open");
  button.setAttribute("aria-expanded", "false");
  if (focus) button.focus();
}

// the month of a day, with that day under the keyboard
function show(box, input, day) {
  const panel = box.querySelector(".ap-days");
  const head = document.createElement("div");
  const title = document.createElement("span");
  head.className = "ap-days__head";
  title.className = "ap-mid";
  title.setAttribute("aria-live", "polite");
  title.textContent = monthName.format(day);
  const back = makeButton("\u2039", () => show(box, input, addMonths(day, -1)));
  const forth = makeButton("\u203a", () => show(box, input, addMonths(day, 1)));
  back.setAttribute("aria-label", input.dataset.back);
  forth.setAttribute("aria-label", input.dataset.forth);
  head.append(back, title, forth);
  panel.replaceChildren(head, makeTable(box, input, day));
  panel.querySelector('button[tabindex="0"]').focus();
}

function makeTable(box, input, day) {
  const table = document.createElement("table");
  const first = new Date(day.getFullYear(), day.getMonth(), 1);
  const monday = addDays(first, -((first.getDay() + 6) % 7));
  const names = table.createTHead().insertRow();
  for (let place = 0; place < 7; place += 1) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = weekdayName.format(addDays(monday, place)).slice(0, 2);
    names.append(cell);
  }
  const picked = read(input.value);
  const body = table.createTBody();
  for (let start = monday; start.getMonth() === day.getMonth() || start <= first; start = addDays(start, 7)) {
    const row = body.insertRow();
    for (let place = 0; place < 7; place += 1) {
      const each = addDays(start, place);
      const cell = row.insertCell();
      if (each.getMonth() !== day.getMonth()) continue;
      const button = makeButton(String(each.getDate()), () => pick(box, input, each));
      button.tabIndex = isSame(each, day) ? 0 : -1;
      button.setAttribute("aria-label", dayName.format(each));
      button.setAttribute("aria-pressed", String(isSame(each, picked)));
      if (isSame(each, new Date())) button.setAttribute("aria-current", "date");
      button.dataset.day = toText(each);
      cell.append(button);
    }
  }
  return table;
}

function pick(box, input, day) {
  const clock = input.dataset.moment === "datetime-local" ? ` ${/(\d{1,2}:\d{2})\s*$/.exec(input.value)?.[1] ?? "09:00"}` : "";
  input.value = toText(day) + clock;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
  close(box);
}

function onKey(event, box, input) {
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    return close(box);
  }
  const current = read(event.target.dataset.day ?? "");
  if (!current) return;
  const day = event.key === "PageUp" ? addMonths(current, -1) : event.key === "PageDown" ? addMonths(current, 1) : DAY_STEPS[event.key] ? addDays(current, DAY_STEPS[event.key]) : null;
  if (!day) return;
  event.preventDefault();
  event.stopPropagation();
  show(box, input, day);
}

function shiftTime(event) {
  if (!event.target.matches?.('[data-moment="time"]') || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const match = /^(\d{1,2}):(\d{2})$/.exec(event.target.value.trim());
  if (!match) return;
  event.preventDefault();
  const step = Number(event.target.getAttribute("step") ?? 0) / 60 || STEP_MINUTES;
  const minutes = (Number(match[1]) * 60 + Number(match[2]) + (event.key === "ArrowUp" ? step : -step) + 1440) % 1440;
  event.target.value = `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
}

function read(text) {
  const iso = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  const typed = /^(\d{1,2})[./](\d{1,2})[./](\d{4})/.exec(text.trim());
  if (iso) return new Date(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]));
  return typed ? new Date(Number(typed[3]), Number(typed[2]) - 1, Number(typed[1])) : null;
}

function toText(day) {
  const mark = language === "de" ? "." : "/";
  return [pad(day.getDate()), pad(day.getMonth() + 1), day.getFullYear()].join(mark);
}

function addMonths(day, months) {
  const last = new Date(day.getFullYear(), day.getMonth() + months + 1, 0).getDate();
  return new Date(day.getFullYear(), day.getMonth() + months, Math.min(day.getDate(), last));
}

function addDays(day, days) {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
}

function isSame(one, other) {
  return Boolean(other) && one.toDateString() === other.toDateString();
}

function makeButton(text, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", onClick);
  return button;
}

function pad(number) {
  return String(number).padStart(2, "0");
}
