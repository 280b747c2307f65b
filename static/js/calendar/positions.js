// Converts calendar positions to staff, day and time; a row is five minutes.
const ROW_MINUTES = 5;
const root = () => document.getElementById("calendar");

// Returns {staff_id, day, time} of a vertical position in a column, rounded down to the slot grid.
export function slotAt(column, y, step) {
  const minutes = ((y - column.getBoundingClientRect().top) / rowHeight(column)) * ROW_MINUTES + Number(root().dataset.first);
  return { staff_id: column.dataset.staff, day: column.dataset.day, time: timeOf(Math.floor(minutes / step) * step) };
}

// Returns the slot of a block, shifted by minutes.
export function slotShiftedBy(block, minutes) {
  const column = block.closest(".ap-cal__col");
  return { staff_id: column.dataset.staff, day: column.dataset.day, time: timeOf(minuteOf(block) + minutes) };
}

export function minuteOf(block) {
  return rowOf(block) * ROW_MINUTES + Number(root().dataset.first);
}

export function rowOf(block) {
  return Number([...block.classList].find((name) => name.startsWith("at-")).slice(3));
}

export function rowsOf(minutes) {
  return Math.round((minutes - Number(root().dataset.first)) / ROW_MINUTES);
}

export function rowHeight(column) {
  return parseFloat(getComputedStyle(column).gridTemplateRows);
}

export function timeOf(minutes) {
  const within = Math.min(Math.max(minutes, 0), 1435);
  return `${String(Math.floor(within / 60)).padStart(2, "0")}:${String(within % 60).padStart(2, "0")}`;
}
