// Drag and drop of a booking: a ghost follows in steps of the slot grid; the block itself moves after the server's confirmation.
import { minuteOf, rowHeight, rowsOf, timeOf } from "./positions.js";

const DRAG_THRESHOLD_PX = 5;
const root = () => document.getElementById("calendar");

export function enableDragging({ started, ended, moved }) {
  let drag = null;

  document.addEventListener("pointerdown", (event) => {
    const block = event.target.closest?.(".ap-block[data-booking]:not([data-still], [data-tail])");
    if (!block || event.button !== 0 || event.pointerType === "touch" || !root().dataset.moveUrl) return;
    drag = { block, x: event.clientX, y: event.clientY, ghost: null, grabbed: event.clientY - block.getBoundingClientRect().top };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.ghost && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < DRAG_THRESHOLD_PX) return;
    if (!drag.ghost) begin();
    follow(event);
  });
  document.addEventListener("pointerup", async () => {
    if (!drag) return;
    const { block, ghost, minute, column } = drag;
    drag = null;
    if (!ghost) return;
    // swallow the click after a drag
    addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
    setTimeout(() => dispatchEvent(new Event("click")), 0);
    const same = minute === minuteOf(block) && column === block.closest(".ap-cal__col");
    if (!same) await moved(block, { staff_id: column.dataset.staff, day: column.dataset.day, time: timeOf(minute) });
    clear(block, ghost);
    ended();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag?.ghost) return;
    event.preventDefault();
    const { block, ghost } = drag;
    drag = null;
    clear(block, ghost);
    ended();
  });

  function begin() {
    started();
    drag.ghost = drag.block.cloneNode(true);
    drag.ghost.classList.add("ap-block--ghost");
    drag.ghost.removeAttribute("data-booking");
    drag.block.classList.add("is-dragged");
    getSelection()?.removeAllRanges();
  }

  function follow(event) {
    const over = document.elementsFromPoint(event.clientX, event.clientY).map((part) => part.closest(".ap-cal__col")).find(Boolean);
    drag.column = over ?? drag.column ?? drag.block.closest(".ap-cal__col");
    const step = Number(root().dataset.step);
    const top = event.clientY - drag.grabbed - drag.column.getBoundingClientRect().top;
    const first = Number(root().dataset.first);
    const minute = (top / rowHeight(drag.column)) * 5 + first;
    drag.minute = Math.max(first, Math.round(minute / step) * step);
    drag.ghost.className = drag.ghost.className.replace(/\bat-\d+\b/, `at-${rowsOf(drag.minute)}`);
    drag.ghost.querySelector("span").textContent = root().dataset.moving.replace("{who}", drag.column.dataset.name).replace("{time}", timeOf(drag.minute));
    if (drag.ghost.parentElement !== drag.column) drag.column.append(drag.ghost);
  }

  function clear(block, ghost) {
    ghost.remove();
    block.classList.remove("is-dragged");
  }
}
